package org.sparkgpt.tokenize;

import java.io.IOException;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** {@link TokenFormat#NANOGPT} and {@link TokenFormat#LLMC}: ids of two bytes, one file or more. */
final class PlainWriter implements SplitWriter {
  private static final int MAGIC = 20240520;
  private static final int VERSION = 1;
  private static final int HEADER_INTS = 256;

  /** Ids in a file of {@link TokenFormat#LLMC}, as fineweb.py has it. */
  static final long LLMC_TOKENS = 100_000_000;

  private final FileSystem files;
  private final Path dir;
  private final String split;
  private final IntFunction<String> name; // by number from 0
  private final long tokensPerFile;
  private final boolean hasHeader;
  private final List<ExportedFile> written = new ArrayList<>();
  private long left; // ids of the split that are still to come
  private IdFile file;
  private long room; // ids that the file still takes
  private long inFile;

  private PlainWriter(
      FileSystem files,
      Path dir,
      String split,
      IntFunction<String> name,
      long tokens,
      long tokensPerFile,
      boolean hasHeader) {
    this.files = files;
    this.dir = dir;
    this.split = split;
    this.name = name;
    this.left = tokens;
    this.tokensPerFile = tokensPerFile;
    this.hasHeader = hasHeader;
  }

  /**
   * @param tokens of the split
   */
  static PlainWriter nanoGpt(FileSystem files, Path dir, String split, long tokens) {
    return new PlainWriter(files, dir, split, i -> split + ".bin", tokens, Long.MAX_VALUE, false);
  }

  /**
   * @param name of the data set
   * @param tokens of the split
   * @param tokensPerFile at most 2^31 - 1
   */
  static PlainWriter llmc(
      FileSystem files, Path dir, String name, String split, long tokens, long tokensPerFile) {
    int first = split.equals(TokenManifest.TRAIN) ? 1 : 0; // fineweb.py's file 0 is validation
    return new PlainWriter(
        files,
        dir,
        split,
        i -> "%s_%s_%06d.bin".formatted(name, split, first + i),
        tokens,
        tokensPerFile,
        true);
  }

  @Override
  public void add(IntBuffer ids) throws IOException {
    while (ids.hasRemaining()) {
      if (room == 0) {
        next();
      }
      int count = (int) Math.min(room, ids.remaining());
      for (int i = 0; i < count; i++) {
        file.putShort(ids.get());
      }
      inFile += count;
      room -= count;
    }
  }

  private void next() throws IOException {
    endFile();
    room = Math.min(left, tokensPerFile);
    if (room == 0) {
      throw new IOException(split + " has more ids than its manifest says");
    }
    left -= room;
    file = new IdFile(files, new Path(dir, name.apply(written.size())));
    if (hasHeader) {
      file.putInt(MAGIC);
      file.putInt(VERSION);
      file.putInt(Math.toIntExact(room));
      for (int i = 3; i < HEADER_INTS; i++) {
        file.putInt(0);
      }
    }
  }

  private void endFile() throws IOException {
    if (file != null) {
      file.close();
      written.add(new ExportedFile(name.apply(written.size()), split, inFile, file.bytes()));
      inFile = 0;
      file = null;
    }
  }

  @Override
  public void endShard() {
    // Files end where they are full.
  }

  @Override
  public List<ExportedFile> finish() throws IOException {
    endFile();
    return written;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
