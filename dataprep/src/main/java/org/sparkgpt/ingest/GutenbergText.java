package org.sparkgpt.ingest;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.sparkgpt.corpus.Metadata;
import org.sparkgpt.extract.Page;

/**
 * A text of Project Gutenberg without the header and the licence that it is sent with. Lines that
 * mark them have changed since 1991: {@code *** START OF THE (THIS) PROJECT GUTENBERG EBOOK},
 * before it the end of the "small print"; {@code *** END OF ...}, before it {@code End of (The)
 * (this) Project Gutenberg ...}. A text without them is left as it is.
 */
final class GutenbergText {
  /** The header is at most so long; small print elsewhere is no header. */
  private static final int HEADER_LINES = 1000;

  private static final String NAME = "PROJECT GUTENBERG";

  private GutenbergText() {}

  static Page read(String text) {
    int body = start(text);
    int end = end(text, body);
    if (body == 0 && end == text.length()) {
      return new Page(text, Metadata.NONE);
    }
    String kept = text.substring(body, end).strip();
    Metadata metadata = body == 0 ? Metadata.NONE : metadata(text.substring(0, body));
    return new Page(withoutCredits(kept), metadata);
  }

  /** Behind the line that ends the header, 0 if there is none. */
  private static int start(String text) {
    int smallPrint = 0;
    int at = 0;
    for (int line = 0; line < HEADER_LINES && at < text.length(); line++) {
      int end = endOfLine(text, at);
      String words = normal(text, at, end);
      if (words.startsWith("START OF THE " + NAME) || words.startsWith("START OF THIS " + NAME)) {
        return text.startsWith("*", at) ? endOfMarker(text, end) : 0;
      }
      if (smallPrint == 0 && words.startsWith("END") && words.contains("THE SMALL PRINT")) {
        smallPrint = text.startsWith("*", at) ? end : 0;
      }
      at = end;
    }
    return smallPrint;
  }

  /** A long title makes the marker go on over some lines, up to its closing asterisks. */
  private static int endOfMarker(String text, int end) {
    int last = end;
    String line = text.substring(text.lastIndexOf('\n', end - 2) + 1, end);
    for (int more = 0; more < 4 && !line.stripTrailing().endsWith("***"); more++) {
      int next = endOfLine(text, last);
      line = text.substring(last, next);
      if (line.isBlank()) {
        return end; // it was not closed at all
      }
      last = next;
    }
    return last;
  }

  /** Where the first line behind {@code from} that ends the text begins. */
  private static int end(String text, int from) {
    for (int at = from; at < text.length(); at = endOfLine(text, at)) {
      char first = text.charAt(at);
      if (first == '*' || first == 'E' || first == 'e' || first == 'T' || first == '<') {
        String words = normal(text, at, endOfLine(text, at));
        String rest = words.startsWith("THE END OF ") ? words.substring(4) : words;
        if (rest.startsWith("END OF " + NAME)
            || rest.startsWith("END OF THE " + NAME)
            || rest.startsWith("END OF THIS " + NAME)) {
          return at;
        }
      }
    }
    return text.length();
  }

  private static int endOfLine(String text, int at) {
    int newLine = text.indexOf('\n', at);
    return newLine < 0 ? text.length() : newLine + 1;
  }

  /** The line's words, in capitals, without asterisks; of a very long line its beginning. */
  private static String normal(String text, int from, int to) {
    StringBuilder words = new StringBuilder();
    for (int i = from; i < Math.min(to, from + 200); i++) {
      char c = text.charAt(i);
      boolean gap = c == '*' || Character.isWhitespace(c);
      if (!gap) {
        words.append(Character.toUpperCase(c));
      } else if (!words.isEmpty() && words.charAt(words.length() - 1) != ' ') {
        words.append(' ');
      }
    }
    return words.toString();
  }

  /** Drops the paragraph that names who typed it. */
  private static String withoutCredits(String text) {
    boolean credits =
        text.startsWith("Produced by ")
            || text.startsWith("E-text prepared by ")
            || text.startsWith("This etext was prepared by ")
            || text.startsWith("This eBook was produced by ");
    int end = credits ? endOfParagraph(text) : 0;
    return text.substring(end).strip();
  }

  private static int endOfParagraph(String text) {
    int at = 0;
    while (at < text.length() && !text.substring(at, endOfLine(text, at)).isBlank()) {
      at = endOfLine(text, at);
    }
    return at;
  }

  private static Metadata metadata(String header) {
    String released = field(header, "Release Date:");
    return new Metadata(
        field(header, "Title:"),
        field(header, "Author:"),
        released == null ? null : date(released),
        language(field(header, "Language:")),
        null,
        null);
  }

  /** A field's value, with the lines that continue it. */
  private static String field(String header, String name) {
    for (int at = 0; at < header.length(); at = endOfLine(header, at)) {
      if (header.regionMatches(true, at, name, 0, name.length())) {
        int end = endOfLine(header, at);
        while (end < header.length()
            && Character.isWhitespace(header.charAt(end))
            && !header.substring(end, endOfLine(header, end)).isBlank()) {
          end = endOfLine(header, end);
        }
        String value = header.substring(at + name.length(), end).strip().replaceAll("\\s+", " ");
        return value.isEmpty() ? null : value;
      }
    }
    return null;
  }

  /** Like {@code June 27, 2008 [EBook #2701]}, {@code July, 2001} or {@code 2008-06-27}. */
  private static String date(String released) {
    int bracket = released.indexOf('[');
    String plain = (bracket < 0 ? released : released.substring(0, bracket)).strip();
    try {
      return LocalDate.parse(plain, DateTimeFormatter.ofPattern("MMMM d, yyyy", Locale.US))
          .toString();
    } catch (DateTimeException notADay) {
      try {
        return YearMonth.parse(plain, DateTimeFormatter.ofPattern("MMMM, yyyy", Locale.US))
            .toString();
      } catch (DateTimeException notAMonth) {
        return plain.matches("\\d{4}(-\\d\\d){0,2}") ? plain : null;
      }
    }
  }

  private static String language(String name) {
    if (name != null) {
      for (String code : Locale.getISOLanguages()) {
        if (new Locale(code).getDisplayLanguage(Locale.ENGLISH).equalsIgnoreCase(name)) {
          return code;
        }
      }
    }
    return null;
  }
}
