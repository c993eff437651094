package org.sparkgpt.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/** A file that is written at once, and whose failure keeps its reason. */
public final class DurableFile {
  private DurableFile() {}

  /** What goes into a file. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a new file, through to the disks where the file system can say so before it is closed.
   *
   * @return its bytes
   */
  public static long write(FileSystem fs, Path file, Content content) throws IOException {
    FSDataOutputStream out = fs.createFile(file).overwrite(false).build();
    try {
      content.writeTo(out);
      if (out.hasCapability(StreamCapabilities.HSYNC)) {
        out.hsync();
      }
    } catch (IOException | RuntimeException e) {
      try {
        out.close();
      } catch (IOException again) {
        // HDFS throws the first one once more; try-with-resources would fail on it in its place.
        if (again != e) {
          e.addSuppressed(again);
        }
      }
      throw e;
    }
    long bytes = out.getPos();
    out.close();
    return bytes;
  }
}
