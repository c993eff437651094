package org.sparkgpt.quality;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names of which one matches as a whole; {@code *} stands for any characters. */
final class Patterns implements Serializable {
  private final List<Pattern> patterns;

  Patterns(List<String> globs) {
    patterns = globs.stream().map(Patterns::compile).toList();
  }

  private static Pattern compile(String glob) {
    return Pattern.compile(
        Arrays.stream(glob.split("\\*+", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }

  /**
   * @param url null if there is none
   */
  boolean match(String source, String url) {
    for (Pattern pattern : patterns) {
      if (pattern.matcher(source).matches() || url != null && pattern.matcher(url).matches()) {
        return true;
      }
    }
    return false;
  }
}
