package org.sparkgpt.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.sparkgpt.kernel.FloatBlock;

/**
 * Reads and writes safetensors files (<a
 * href="https://github.com/huggingface/safetensors">huggingface/safetensors</a>) of 32-bit floats,
 * as streams, so that a file may lie anywhere. {@link SafetensorsHeader} describes the layout.
 */
public final class Safetensors {
  /** Floats copied at a time; tensors themselves may be of any size. */
  private static final int CHUNK = 1 << 16;

  private Safetensors() {}

  /**
   * A named block of floats.
   *
   * @param shape row-major; its product is the block's length
   */
  public record Tensor(String name, List<Long> shape, FloatBlock values) {
    public Tensor {
      shape = List.copyOf(shape);
      long length = shape.stream().reduce(1L, Math::multiplyExact);
      if (length != values.length()) {
        throw new IllegalArgumentException(
            "tensor " + name + ": shape " + shape + " for " + values.length() + " floats");
      }
    }
  }

  /** Writes the tensors in the order given; {@code out} stays open. */
  public static void write(OutputStream out, List<Tensor> tensors) throws IOException {
    List<SafetensorsHeader.Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>(Set.of("__metadata__")); // taken by the format
    long offset = 0;
    for (Tensor tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("two tensors called " + tensor.name());
      }
      long end = offset + tensor.values().length() * Float.BYTES;
      entries.add(
          new SafetensorsHeader.Entry(tensor.name(), Dtype.F32, tensor.shape(), offset, end));
      offset = end;
    }
    // transformers looks for "format" to know which library's conventions hold
    out.write(new SafetensorsHeader(Map.of("format", "pt"), entries).encode());
    for (Tensor tensor : tensors) {
      writeValues(out, tensor.values());
    }
  }

  /**
   * Reads all tensors of a file, by name in the file's order.
   *
   * @param fileBytes size of the file
   * @param source how errors call the file
   */
  public static Map<String, Tensor> read(InputStream in, long fileBytes, String source)
      throws IOException {
    SafetensorsHeader header = SafetensorsHeader.read(in, fileBytes, source);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (SafetensorsHeader.Entry entry : header.entries()) {
      requireF32(entry, source);
      FloatBlock values = FloatBlock.allocate(entry.length());
      tensors.put(entry.name(), new Tensor(entry.name(), entry.shape(), values));
    }
    readData(in, header, e -> Optional.of(tensors.get(e.name()).values()), source);
    return tensors;
  }

  /**
   * Reads the data that follows {@code header} into the caller's memory, tensor by tensor.
   *
   * @param destination where a tensor goes, a block of its length; empty: it is skipped
   */
  static void readData(
      InputStream in,
      SafetensorsHeader header,
      Function<SafetensorsHeader.Entry, Optional<FloatBlock>> destination,
      String source)
      throws IOException {
    for (SafetensorsHeader.Entry entry : header.entries()) {
      Optional<FloatBlock> values = destination.apply(entry);
      if (values.isEmpty()) {
        skip(in, entry, source);
        continue;
      }
      requireF32(entry, source);
      readValues(in, values.get(), entry, source);
    }
  }

  private static void requireF32(SafetensorsHeader.Entry entry, String source) throws IOException {
    if (entry.dtype() != Dtype.F32) {
      throw new IOException(
          source + ": " + entry.name() + " is " + entry.dtype() + ", only F32 can be read");
    }
  }

  private static void writeValues(OutputStream out, FloatBlock values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = 0; at < values.length(); at += CHUNK) {
      int count = (int) Math.min(CHUNK, values.length() - at);
      bytes.asFloatBuffer().put(values.toArray(at, count));
      out.write(bytes.array(), 0, count * Float.BYTES);
    }
  }

  private static void readValues(
      InputStream in, FloatBlock values, SafetensorsHeader.Entry entry, String source)
      throws IOException {
    byte[] bytes = new byte[CHUNK * Float.BYTES];
    for (long at = 0; at < values.length(); at += CHUNK) {
      int count = (int) Math.min(CHUNK, values.length() - at);
      if (in.readNBytes(bytes, 0, count * Float.BYTES) < count * Float.BYTES) {
        throw SafetensorsHeader.damaged(source, "it ends inside " + entry.name());
      }
      float[] floats = new float[count];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
      values.put(at, floats);
    }
  }

  private static void skip(InputStream in, SafetensorsHeader.Entry entry, String source)
      throws IOException {
    byte[] sink = new byte[CHUNK];
    for (long left = entry.end() - entry.begin(); left > 0; ) {
      int read = in.read(sink, 0, (int) Math.min(sink.length, left));
      if (read < 0) {
        throw SafetensorsHeader.damaged(source, "it ends inside " + entry.name());
      }
      left -= read;
    }
  }
}
