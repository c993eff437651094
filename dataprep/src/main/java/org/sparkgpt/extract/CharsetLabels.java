package org.sparkgpt.extract;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the web means by the name of a charset: the labels of the WHATWG Encoding Standard, from
 * {@code charset-labels.txt}. Several name a larger charset than they say: {@code iso-8859-1} is
 * windows-1252, {@code gb2312} is GB 18030.
 */
final class CharsetLabels {
  private static final String TABLE = "charset-labels.txt";
  private static final Map<String, Charset> CHARSETS = load();

  private CharsetLabels() {}

  /** The charset of a label in any case, with white space around it; null if there is none. */
  static Charset charset(String label) {
    return CHARSETS.get(label.strip().toLowerCase(Locale.ROOT));
  }

  private static Map<String, Charset> load() {
    Map<String, Charset> charsets = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                CharsetLabels.class.getResourceAsStream(TABLE), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] fields = line.split(" ");
          for (int i = 2; i < fields.length; i++) {
            charsets.put(fields[i], charsetOf(fields[0], fields[1]));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(TABLE, e);
    }
    return Map.copyOf(charsets);
  }

  private static Charset charsetOf(String name, String javaName) {
    return switch (name) {
      case "iso-8859-10" -> TableCharset.ISO_8859_10;
      case "iso-8859-14" -> TableCharset.ISO_8859_14;
      case "x-user-defined" -> TableCharset.X_USER_DEFINED;
      case "replacement" -> TableCharset.REPLACEMENT;
      default -> Charset.forName(javaName); // all in the modules java.base and jdk.charsets
    };
  }
}
