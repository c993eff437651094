package org.sparkgpt.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a safetensors file says of itself before its data.
 *
 * <p>On disk: the length n of the JSON as a little-endian u64; n bytes of UTF-8 JSON that start
 * with <code>{</code> and end in as many spaces as bring the data to a multiple of 8; the data. The
 * JSON maps each tensor's name to <code>{"dtype", "shape", "data_offsets": [begin, end]}</code>,
 * offsets in bytes from the start of the data, and {@code __metadata__} to strings. Tensors follow
 * one another without holes or overlaps up to the end of the file.
 *
 * @param metadata the file's {@code __metadata__}
 * @param entries the tensors by ascending offset
 */
public record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries) {
  /** The format's own limit on the header: it is read whole. */
  static final long MAX_BYTES = 100_000_000;

  private static final String METADATA = "__metadata__";
  private static final int ALIGNMENT = 8;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * One tensor: its bytes are [begin, end) of the data.
   *
   * @param shape row-major; empty for a scalar
   */
  public record Entry(String name, Dtype dtype, List<Long> shape, long begin, long end) {
    public Entry {
      shape = List.copyOf(shape);
    }

    public long length() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  public SafetensorsHeader {
    metadata = Map.copyOf(metadata);
    entries = List.copyOf(entries);
  }

  /** Bytes of data that follow the header. */
  public long dataBytes() {
    return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).end();
  }

  /**
   * Reads and checks a header, leaving {@code in} at the first byte of the data.
   *
   * @param fileBytes size of the whole file, against which every number is checked before memory is
   *     taken for it
   * @param source how errors call the file
   * @throws IOException if the file can't be read, is cut short or breaks the format
   */
  public static SafetensorsHeader read(InputStream in, long fileBytes, String source)
      throws IOException {
    byte[] prefix = in.readNBytes(Long.BYTES);
    if (prefix.length < Long.BYTES) {
      throw damaged(source, "it ends after " + prefix.length + " bytes, before its header");
    }
    long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > MAX_BYTES || length > fileBytes - Long.BYTES) {
      String found = Long.toUnsignedString(length);
      throw damaged(source, "header of " + found + " bytes in a file of " + fileBytes);
    }
    byte[] json = in.readNBytes((int) length);
    if (json.length < length) {
      throw damaged(source, "it ends inside its header of " + length + " bytes");
    }
    SafetensorsHeader header = parse(json, source);
    long expected = Long.BYTES + length + header.dataBytes();
    if (expected != fileBytes) {
      throw damaged(source, "its header describes " + expected + " bytes, it has " + fileBytes);
    }
    return header;
  }

  /** The bytes before the data: length, JSON, padding. */
  byte[] encode() throws IOException {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode pairs = root.putObject(METADATA);
    new TreeMap<>(metadata).forEach(pairs::put);
    for (Entry entry : entries) {
      ObjectNode node = root.putObject(entry.name());
      node.put("dtype", entry.dtype().name());
      entry.shape().forEach(node.putArray("shape")::add);
      node.putArray("data_offsets").add(entry.begin()).add(entry.end());
    }
    byte[] json = JSON.writeValueAsBytes(root);
    int padded = Math.addExact(json.length, Math.floorMod(-json.length, ALIGNMENT));
    if (padded > MAX_BYTES) {
      throw new IllegalArgumentException("a safetensors header of " + padded + " bytes is too big");
    }
    byte[] bytes = new byte[Long.BYTES + padded];
    Arrays.fill(bytes, (byte) ' ');
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
    return bytes;
  }

  private static SafetensorsHeader parse(byte[] bytes, String source) throws IOException {
    JsonNode root;
    try {
      // a strict decoder: Jackson's own accepts some malformed UTF-8
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      root = JSON.readTree(text);
    } catch (CharacterCodingException e) {
      throw damaged(source, "its header is not UTF-8");
    } catch (JsonProcessingException e) {
      throw damaged(source, "its header is not JSON: " + e.getOriginalMessage());
    }
    if (bytes[0] != '{' || !root.isObject()) {
      throw damaged(source, "its header is not a JSON object");
    }
    Map<String, String> metadata = new TreeMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals(METADATA)) {
        readMetadata(field.getValue(), metadata, source);
      } else {
        entries.add(entry(field.getKey(), field.getValue(), source));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    checkContiguous(entries, source);
    return new SafetensorsHeader(metadata, entries);
  }

  private static void readMetadata(JsonNode node, Map<String, String> metadata, String source)
      throws IOException {
    if (!node.isObject()) {
      throw damaged(source, METADATA + " is not an object");
    }
    for (Map.Entry<String, JsonNode> pair : node.properties()) {
      if (!pair.getValue().isTextual()) {
        throw damaged(source, METADATA + "." + pair.getKey() + " is not a string");
      }
      metadata.put(pair.getKey(), pair.getValue().textValue());
    }
  }

  private static Entry entry(String name, JsonNode node, String source) throws IOException {
    String dtype = node.path("dtype").asText();
    Dtype type =
        Arrays.stream(Dtype.values())
            .filter(t -> t.name().equals(dtype))
            .findFirst()
            .orElseThrow(() -> damaged(source, name + " has the unknown dtype '" + dtype + "'"));
    List<Long> shape = sizes(node.path("shape"), name + ".shape", source);
    List<Long> offsets = sizes(node.path("data_offsets"), name + ".data_offsets", source);
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw damaged(source, name + ".data_offsets must be [begin, end], found " + offsets);
    }
    Entry entry = new Entry(name, type, shape, offsets.get(0), offsets.get(1));
    long bytes;
    try {
      bytes = Math.multiplyExact(entry.length(), type.bytes());
    } catch (ArithmeticException e) {
      throw damaged(source, name + " has the impossible shape " + shape);
    }
    if (bytes != entry.end() - entry.begin()) {
      String need = name + ": " + type + " " + shape + " takes " + bytes + " bytes";
      throw damaged(source, need + ", its data_offsets " + offsets + " differ");
    }
    return entry;
  }

  private static List<Long> sizes(JsonNode node, String what, String source) throws IOException {
    if (!node.isArray()) {
      throw damaged(source, what + " is not a list");
    }
    List<Long> sizes = new ArrayList<>();
    for (JsonNode size : node) {
      if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 0) {
        throw damaged(source, what + " holds " + size + ", expected sizes of 0 or more");
      }
      sizes.add(size.longValue());
    }
    return sizes;
  }

  private static void checkContiguous(List<Entry> entries, String source) throws IOException {
    long end = 0;
    for (Entry entry : entries) {
      if (entry.begin() != end) {
        String fault = entry.begin() > end ? "a hole before " : "an overlap with ";
        String numbers = ": it begins at " + entry.begin() + ", expected " + end;
        throw damaged(source, fault + entry.name() + numbers);
      }
      end = entry.end();
    }
  }

  static IOException damaged(String source, String what) {
    return new IOException(
        source + ": not a sound safetensors file: " + what + "; export or fetch it again");
  }
}
