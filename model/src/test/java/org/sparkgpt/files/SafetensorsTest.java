package org.sparkgpt.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkgpt.kernel.FloatBlock;

class SafetensorsTest {

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    List<Safetensors.Tensor> tensors =
        List.of(
            tensor("a \"quoted\" näme \uD83D\uDE00", 3, 5),
            tensor("scalar"),
            tensor("longer.than.a.chunk", 7, 1 << 15),
            tensor("last", 1));
    byte[] file = bytes(tensors);

    Map<String, Safetensors.Tensor> read = read(file);

    assertThat(read.keySet())
        .containsExactlyElementsOf(tensors.stream().map(t -> t.name()).toList());
    for (Safetensors.Tensor tensor : tensors) {
      Safetensors.Tensor copy = read.get(tensor.name());
      assertThat(copy.shape()).isEqualTo(tensor.shape());
      assertThat(copy.values().toArray()).isEqualTo(tensor.values().toArray());
    }
  }

  @Test
  void headerSaysTheFormatAndDataIsAligned() throws IOException {
    for (int length = 1; length < 12; length++) {
      byte[] file = bytes(List.of(tensor("x".repeat(length), 2)));
      long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
      assertThat(header % 8).isZero();
      assertThat(file).hasSize((int) (8 + header + 8));
      assertThat(SafetensorsHeader.read(stream(file), file.length, "f").metadata())
          .containsExactly(Map.entry("format", "pt"));
    }
  }

  @Test
  void bytesAreThoseOfTheFormat() throws IOException {
    FloatBlock values = FloatBlock.allocate(2);
    values.put(0, 1f, -2f);
    byte[] file = bytes(List.of(new Safetensors.Tensor("w", List.of(1L, 2L), values)));
    String json =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
    byte[] data = {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0};
    assertThat(file).isEqualTo(file(json + " ".repeat(7 - (json.length() + 7) % 8), data));
  }

  @Test
  void fileCutAtAnyByteIsRefused() throws IOException {
    byte[] file = bytes(List.of(tensor("a", 3), tensor("b", 2, 2)));
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatIOException().as("cut at %d", length).isThrownBy(() -> read(cut));
      // as if the file were cut between asking for its size and reading it
      assertThatIOException()
          .as("cut at %d while read", length)
          .isThrownBy(() -> Safetensors.read(stream(cut), file.length, "f"));
    }
    assertThatIOException()
        .isThrownBy(() -> read(Arrays.copyOf(file, file.length + 1)))
        .withMessageContaining("its header describes " + file.length + " bytes, it has ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "[1]|not a JSON object",
        " {}|not a JSON object",
        "{} {}|not JSON: Trailing token",
        "{\"a\":|not JSON",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|Duplicate field 'a'",
        "{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}|a has the unknown dtype 'F31'",
        "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}|a has the unknown dtype ''",
        "{\"a\":7}|a has the unknown dtype ''",
        "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}|a.shape is not a list",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}|a.shape holds -2",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}|a.shape holds 2.0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}|must be [begin, end], found [0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}|must be [begin, end]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|F32 [3] takes 12 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}"
            + "|a has the impossible shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1099511627776],\"data_offsets\":[0,4398046511104]}}"
            + "|its header describes 4398046511",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|a hole before a",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|an overlap with b",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|bytes, it has",
        "{\"__metadata__\":3}|__metadata__ is not an object",
        "{\"__metadata__\":{\"format\":3}}|__metadata__.format is not a string",
        "{\"a\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[0,8]}}|a is BF16, only F32 can be read",
      })
  void brokenHeaderIsRefusedWithItsFault(String json, String fault) {
    assertThatIOException()
        .isThrownBy(() -> read(file(json, new byte[8])))
        .withMessageStartingWith("f: ")
        .withMessageContaining(fault);
  }

  @Test
  void headerLengthIsCheckedBeforeMemoryIsTakenForIt() {
    for (long length : new long[] {-1, 0, 1, 17, 100_000_001, Long.MAX_VALUE}) {
      byte[] file = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
      assertThatIOException()
          .isThrownBy(() -> read(file))
          .withMessageContaining("header of " + Long.toUnsignedString(length) + " bytes");
    }
  }

  @Test
  void headerMustBeUtf8() {
    byte[] file = file("{\"a\":1}", new byte[0]);
    file[10] = (byte) 0xC0;
    assertThatIOException()
        .isThrownBy(() -> read(file))
        .withMessageContaining("its header is not UTF-8");
  }

  @Test
  void headerThatNestsDeeplyIsRefused() {
    String json = "{\"a\":" + "[".repeat(100_000);
    assertThatIOException().isThrownBy(() -> read(file(json, new byte[0])));
  }

  @Test
  void tensorsMayLieInAnotherOrderThanTheHeaderNamesThem() throws IOException {
    String json =
        "{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    byte[] data = {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, 0x40};
    Map<String, Safetensors.Tensor> tensors = read(file(json, data));
    assertThat(tensors.keySet()).containsExactly("a", "b");
    assertThat(tensors.get("a").values().get(0)).isEqualTo(1f);
    assertThat(tensors.get("b").values().get(0)).isEqualTo(2f);
  }

  @Test
  void writerRefusesTensorsThatWouldNotBeReadable() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bytes(List.of(tensor("a", 1), tensor("a", 2))))
        .withMessage("two tensors called a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bytes(List.of(tensor("__metadata__", 1))))
        .withMessage("two tensors called __metadata__");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Safetensors.Tensor("a", List.of(3L), FloatBlock.allocate(2)))
        .withMessage("tensor a: shape [3] for 2 floats");
  }

  @Test
  void fileOfAnotherWriterIsRead() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/golden/gpt2-tiny/logits.safetensors")) {
      Map<String, Safetensors.Tensor> tensors = read(in.readAllBytes());
      assertThat(tensors.get("logits").shape()).containsExactly(3L, 16L, 97L);
    }
  }

  private static Safetensors.Tensor tensor(String name, long... shape) {
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    SplittableRandom random = new SplittableRandom(name.hashCode());
    FloatBlock values = FloatBlock.allocate(length);
    for (int i = 0; i < length; i++) {
      values.set(i, (float) random.nextDouble(-1, 1));
    }
    return new Safetensors.Tensor(name, sizes, values);
  }

  private static byte[] bytes(List<Safetensors.Tensor> tensors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(out, tensors);
    return out.toByteArray();
  }

  private static byte[] file(String json, byte[] data) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + data.length);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).put(data);
    return file.array();
  }

  private static Map<String, Safetensors.Tensor> read(byte[] file) throws IOException {
    return Safetensors.read(stream(file), file.length, "f");
  }

  private static InputStream stream(byte[] file) {
    return new ByteArrayInputStream(file);
  }
}
