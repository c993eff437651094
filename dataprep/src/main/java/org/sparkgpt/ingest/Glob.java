package org.sparkgpt.ingest;

import java.util.regex.Pattern;

/**
 * File name patterns: {@code *} and {@code ?} stay within one path segment, {@code **} crosses
 * segments, {@code {a,b}} is a choice, every other character stands for itself. A pattern without
 * {@code /} is compared with the last segment only, so {@code *.html} means every HTML file.
 */
final class Glob {
  private Glob() {}

  static Pattern compile(String glob) {
    StringBuilder regex = new StringBuilder(glob.contains("/") ? "" : "(?:.*/)?");
    int open = 0;
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (glob.startsWith("**/", i)) {
        regex.append("(?:.*/)?");
        i += 2;
      } else if (glob.startsWith("**", i)) {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else if (c == '{') {
        regex.append("(?:");
        open++;
      } else if (c == '}' && open > 0) {
        regex.append(')');
        open--;
      } else if (c == ',' && open > 0) {
        regex.append('|');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    if (open > 0) {
      throw new IllegalArgumentException(
          "ingest.inputs: pattern " + glob + " opens a { that it does not close");
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
