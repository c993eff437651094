package org.sparkgpt.tokenize;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * {@link TokenFormat#MEGATRON}, version 1, a sequence for each document, little-endian. {@code
 * .bin}: the ids. {@code .idx}, in this order:
 *
 * <pre>
 * 9 bytes         MMIDIDX, 0, 0
 * uint64          version, 1
 * uint8           8: ids are uint16, for vocabularies below 65,500; else 4: int32
 * uint64          sequences
 * uint64          documents + 1
 * int32[sequences]      ids in each sequence
 * int64[sequences]      byte of the .bin at which it starts
 * int64[documents + 1]  sequence at which each document starts, and the number of sequences
 * </pre>
 *
 * Documents end with end-of-text; where the tokenizer has none, with their shard.
 *
 * @see <a
 *     href="https://github.com/NVIDIA/Megatron-LM/blob/main/megatron/core/datasets/indexed_dataset.py">the
 *     program that defines it</a>
 */
final class MegatronWriter implements SplitWriter {
  private static final byte[] MAGIC = "MMIDIDX\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final long VERSION = 1;
  private static final int UINT16 = 8;
  private static final int INT32 = 4;
  private static final int UINT16_VOCABULARY = 65_500; // DType.optimal_dtype's bound

  private final FileSystem files;
  private final Path dir;
  private final String split;
  private final String name; // of the two files, less what follows the dot
  private final boolean isShort;
  private final Integer endOfText;
  private final IdFile ids;
  private final IdFile lengths; // big enough to be kept on disk till the index is written
  private long tokens;
  private int documents;
  private int length; // of the document that has not ended

  /**
   * @param endOfText null if the tokenizer has none
   */
  MegatronWriter(
      FileSystem files, Path dir, String name, String split, int vocabulary, Integer endOfText)
      throws IOException {
    this.files = files;
    this.dir = dir;
    this.split = split;
    this.name = name + "_" + split;
    this.isShort = vocabulary < UINT16_VOCABULARY;
    this.endOfText = endOfText;
    ids = new IdFile(files, new Path(dir, this.name + ".bin"));
    lengths = new IdFile(files, lengthsFile());
  }

  private Path lengthsFile() {
    return new Path(dir, "_tmp-" + name + ".lengths");
  }

  @Override
  public void add(IntBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      int id = buffer.get();
      if (isShort) {
        ids.putShort(id);
      } else {
        ids.putInt(id);
      }
      length++;
      if (endOfText != null && id == endOfText) {
        endDocument();
      }
    }
  }

  private void endDocument() throws IOException {
    lengths.putInt(length);
    tokens += length;
    documents = Math.incrementExact(documents);
    length = 0;
  }

  @Override
  public void endShard() throws IOException {
    if (length > 0) {
      endDocument();
    }
  }

  @Override
  public List<ExportedFile> finish() throws IOException {
    ids.close();
    lengths.close();
    String index = name + ".idx";
    long indexBytes;
    try (IdFile out = new IdFile(files, new Path(dir, index))) {
      out.put(MAGIC);
      out.putLong(VERSION);
      out.putByte(isShort ? UINT16 : INT32);
      out.putLong(documents);
      out.putLong(documents + 1L);
      forEachLength(out::putInt);
      long[] start = {0};
      forEachLength(
          count -> {
            out.putLong(start[0]);
            start[0] += (long) count * (isShort ? Short.BYTES : Integer.BYTES);
          });
      for (long document = 0; document <= documents; document++) {
        out.putLong(document);
      }
      indexBytes = out.bytes();
    }
    files.delete(lengthsFile(), false);
    return List.of(
        new ExportedFile(name + ".bin", split, tokens, ids.bytes()),
        new ExportedFile(index, split, 0, indexBytes));
  }

  @FunctionalInterface
  private interface LengthSink {
    void take(int length) throws IOException;
  }

  private void forEachLength(LengthSink sink) throws IOException {
    try (InputStream raw = files.open(lengthsFile());
        DataInputStream in = new DataInputStream(new BufferedInputStream(raw, 1 << 20))) {
      for (int i = 0; i < documents; i++) {
        sink.take(Integer.reverseBytes(in.readInt()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (ids) {
      lengths.close();
    }
  }
}
