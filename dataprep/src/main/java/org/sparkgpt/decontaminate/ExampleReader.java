package org.sparkgpt.decontaminate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.util.LineReader;

/** Divides one file of an evaluation set into examples. */
final class ExampleReader {
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Configuration conf;
  private final String key;
  private final EvaluationSet set;
  private final Path file;
  private final Examples examples;
  private int line;

  /**
   * @param key what messages begin with
   */
  ExampleReader(Configuration conf, String key, EvaluationSet set, Path file, Examples examples) {
    this.conf = conf;
    this.key = key;
    this.set = set;
    this.file = file;
    this.examples = examples;
  }

  void read() throws IOException {
    CompressionCodec codec = new CompressionCodecFactory(conf).getCodec(file);
    EvaluationSet.Format format = format(codec);
    InputStream raw = file.getFileSystem(conf).open(file);
    try (InputStream in = codec == null ? raw : codec.createInputStream(raw)) {
      LineReader lines = new LineReader(in, 1 << 16);
      if (format == EvaluationSet.Format.PARAGRAPHS) {
        readParagraphs(lines);
      } else {
        readLines(lines, format);
      }
    }
  }

  private EvaluationSet.Format format(CompressionCodec codec) {
    if (set.format() != null) {
      return set.format();
    }
    String name = file.getName();
    String plain =
        codec == null
            ? name
            : CompressionCodecFactory.removeSuffix(name, codec.getDefaultExtension());
    boolean json = plain.matches("(?i).*\\.(jsonl|ndjson|json)");
    if (!json && !set.fields().isEmpty()) {
      throw new IllegalArgumentException(
          key + file + ": only jsonl has fields; set its format to jsonl if it is that");
    }
    return json ? EvaluationSet.Format.JSONL : EvaluationSet.Format.PARAGRAPHS;
  }

  private void readLines(LineReader lines, EvaluationSet.Format format) throws IOException {
    for (String text = next(lines); text != null; text = next(lines)) {
      if (!text.isBlank()) {
        examples.add(format == EvaluationSet.Format.JSONL ? textOf(text) : text, line);
      }
    }
  }

  private void readParagraphs(LineReader lines) throws IOException {
    StringBuilder block = new StringBuilder();
    int first = 1;
    for (String text = next(lines); text != null; text = next(lines)) {
      if (!text.isBlank()) {
        first = block.isEmpty() ? line : first;
        block.append(text).append('\n');
      } else if (!block.isEmpty()) {
        examples.add(block.toString(), first);
        block.setLength(0);
      }
    }
    if (!block.isEmpty()) {
      examples.add(block.toString(), first);
    }
  }

  /** The next line without its end, null if there is none. */
  private String next(LineReader lines) throws IOException {
    Text bytes = new Text();
    if (lines.readLine(bytes) == 0) {
      return null;
    }
    line++;
    try {
      String text = Text.decode(bytes.getBytes(), 0, bytes.getLength(), false);
      return line == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw malformed("not UTF-8; expected text in UTF-8", e);
    }
  }

  private String textOf(String json) {
    JsonNode object;
    try {
      object = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      String why = e.getOriginalMessage().lines().findFirst().orElse("");
      throw malformed("not JSON (" + why + "); expected an object on each line", e);
    }
    if (!object.isObject()) {
      throw malformed("not a JSON object; expected one on each line", null);
    }
    StringBuilder text = new StringBuilder();
    if (set.fields().isEmpty()) {
      object.forEach(value -> append(text, value, false));
    }
    for (String field : set.fields()) {
      JsonNode value = object.get(field);
      if (value == null) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        throw malformed("no field '" + field + "'; its fields are " + names, null);
      }
      append(text, value, true);
    }
    return text.toString();
  }

  /** Text in a value, however deep; numbers too if they were asked for. */
  private static void append(StringBuilder text, JsonNode value, boolean numbers) {
    if (value.isTextual() || numbers && value.isNumber()) {
      text.append(value.asText()).append('\n');
    } else {
      value.forEach(child -> append(text, child, numbers));
    }
  }

  private IllegalArgumentException malformed(String what, Exception cause) {
    return new IllegalArgumentException(key + file + ":" + line + ": " + what, cause);
  }
}
