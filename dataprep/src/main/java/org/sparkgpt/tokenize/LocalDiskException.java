package org.sparkgpt.tokenize;

import java.io.IOException;

/** This machine's disk, not the storage a shard comes from, refused a file. */
final class LocalDiskException extends IOException {
  private static final long serialVersionUID = 1;

  LocalDiskException(IOException cause) {
    super(cause.toString(), cause);
  }
}
