package org.sparkgpt.tokenize;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The last act of writing: giving what was written its name. */
final class Renaming {
  private Renaming() {}

  /** Renames a complete file; one that has the name already goes. */
  static void replace(FileSystem files, Path complete, Path name) throws IOException {
    files.delete(name, false);
    // FileSystem.rename reports some failures by its result only.
    if (!files.rename(complete, name)) {
      files.delete(complete, false);
      throw new IOException("cannot rename " + complete + " to " + name);
    }
  }
}
