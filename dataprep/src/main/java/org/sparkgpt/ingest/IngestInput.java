package org.sparkgpt.ingest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.List;

/**
 * One place to read from. In a run file either a string, the path, or an object with the record's
 * components.
 *
 * <p>The patterns look at the file's path below {@code path} (its name, if {@code path} is a file),
 * and at the entry's name inside an archive. An archive itself is opened unless it is excluded. For
 * their syntax see {@link Glob}.
 *
 * @param path a file, a directory (read recursively, without names that begin with {@code .} or
 *     {@code _}) or a glob, on any Hadoop file system
 * @param include patterns of which a file's name must match one; empty: every name
 * @param exclude patterns of which a file's name must match none
 */
public record IngestInput(String path, List<String> include, List<String> exclude)
    implements Serializable {

  @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
  public IngestInput(
      @JsonProperty("path") String path,
      @JsonProperty("include") List<String> include,
      @JsonProperty("exclude") List<String> exclude) {
    if (path == null || path.isBlank()) {
      throw new IllegalArgumentException(
          "ingest.inputs: an entry without a path; give a file, a directory or a glob");
    }
    this.path = path.strip();
    this.include = include == null ? List.of() : List.copyOf(include);
    this.exclude = exclude == null ? List.of() : List.copyOf(exclude);
  }

  /** Everything that can be read at {@code path}. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static IngestInput of(String path) {
    return new IngestInput(path, List.of(), List.of());
  }
}
