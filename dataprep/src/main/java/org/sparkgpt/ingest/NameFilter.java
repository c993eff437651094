package org.sparkgpt.ingest;

import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;

/** The include and exclude patterns of one input, compiled. */
final class NameFilter implements Serializable {
  private final List<Pattern> include;
  private final List<Pattern> exclude;

  NameFilter(IngestInput input) {
    include = input.include().stream().map(Glob::compile).toList();
    exclude = input.exclude().stream().map(Glob::compile).toList();
  }

  /** Whether a file that holds documents is wanted. */
  boolean accepts(String name) {
    return !excludes(name) && (include.isEmpty() || matchesAny(include, name));
  }

  /** Whether a file is unwanted even if it is an archive, whose entries are filtered themselves. */
  boolean excludes(String name) {
    return matchesAny(exclude, name);
  }

  private static boolean matchesAny(List<Pattern> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }
}
