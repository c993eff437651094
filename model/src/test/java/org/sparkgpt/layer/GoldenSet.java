package org.sparkgpt.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;

/**
 * A GPT-2 with random weights, and what nanoGPT's module computes for it in float64: logits, loss,
 * gradients, ten AdamW steps, greedy decoding.
 */
final class GoldenSet {
  static final GptConfig CONFIG =
      new GptConfig(97, 16, 2, 2, 32, 0, true, Gelu.TANH, null, DtypeChoice.F32);
  static final int B = 3;
  static final int T = 16;

  private static final ObjectMapper JSON = new ObjectMapper();

  private GoldenSet() {}

  static JsonNode expected() {
    return json(bytes("expected.json"));
  }

  /** {@code inputs} or {@code targets}, (B,T) row-major. */
  static int[] tokens(String name) {
    return StreamSupport.stream(json(bytes("tokens.json")).get(name).spliterator(), false)
        .flatMapToInt(row -> IntStream.range(0, T).map(t -> row.get(t).asInt()))
        .toArray();
  }

  /** All tensors of a file in {@link ParameterLayout} order. */
  static float[] parameters(String file) {
    ParameterLayout layout = ParameterLayout.of(CONFIG);
    float[] flat = new float[Math.toIntExact(layout.length())];
    byte[] bytes = bytes(file);
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      float[] values = tensor(bytes, parameter.name());
      System.arraycopy(values, 0, flat, (int) parameter.offset(), values.length);
    }
    return flat;
  }

  static float[] tensor(String file, String name) {
    return tensor(bytes(file), name);
  }

  private static float[] tensor(byte[] safetensors, String name) {
    ByteBuffer file = ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(file.getLong())];
    file.get(header);
    JsonNode offsets = json(header).get(name).get("data_offsets");
    int start = file.position() + offsets.get(0).asInt();
    float[] values = new float[(offsets.get(1).asInt() - offsets.get(0).asInt()) / Float.BYTES];
    file.position(start);
    file.asFloatBuffer().get(values);
    return values;
  }

  private static JsonNode json(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String file) {
    try (InputStream in = GoldenSet.class.getResourceAsStream("/golden/gpt2-tiny/" + file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
