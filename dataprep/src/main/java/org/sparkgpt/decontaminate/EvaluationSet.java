package org.sparkgpt.decontaminate;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.List;

/**
 * Where the examples of an evaluation set are. In a run file either a string, the path, or an
 * object with the record's components.
 *
 * @param path a file, a directory (read recursively, without names that begin with {@code .} or
 *     {@code _}) or a glob, on any Hadoop file system; UTF-8, also compressed (gzip, bzip2)
 * @param format how examples are told apart; null: {@code jsonl} for names that end in {@code
 *     .jsonl}, {@code .ndjson} or {@code .json}, {@code paragraphs} for others
 * @param fields of {@code jsonl}: the fields that make an example, one after the other; empty: all
 *     text in the object
 */
public record EvaluationSet(String path, Format format, List<String> fields)
    implements Serializable {

  /** How a file is divided into examples. */
  public enum Format {
    /** Blocks between blank lines. */
    PARAGRAPHS,
    /** Every line that is not blank. */
    LINES,
    /** A JSON object on every line that is not blank. */
    JSONL
  }

  @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
  public EvaluationSet(
      @JsonProperty("path") String path,
      @JsonProperty("format") Format format,
      @JsonProperty("fields") List<String> fields) {
    if (path == null || path.isBlank()) {
      throw new IllegalArgumentException(
          "decontaminate.sets: a set without a path; give a file, a directory or a glob");
    }
    this.path = path.strip();
    this.format = format;
    this.fields = fields == null ? List.of() : List.copyOf(fields);
    if (!this.fields.isEmpty() && format != null && format != Format.JSONL) {
      throw new IllegalArgumentException(
          "decontaminate.sets: " + path + ": only jsonl has fields, and its format is " + format);
    }
  }

  /** Everything at {@code path}. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static EvaluationSet of(String path) {
    return new EvaluationSet(path, null, List.of());
  }
}
