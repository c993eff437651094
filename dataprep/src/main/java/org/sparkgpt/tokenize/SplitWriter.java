package org.sparkgpt.tokenize;

import java.io.Closeable;
import java.io.IOException;
import java.nio.IntBuffer;
import java.util.List;

/** Writes the ids of one split as another program reads them, while they come. */
interface SplitWriter extends Closeable {
  /** Takes the next ids of the split. */
  void add(IntBuffer ids) throws IOException;

  /** A shard has ended, and with it a document. */
  void endShard() throws IOException;

  /** Completes the files. */
  List<ExportedFile> finish() throws IOException;
}
