package org.sparkgpt.clean;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Files of the rules {@code blocked-words} and {@code blocked-urls}, Hadoop paths, one entry on
 * each line, in UTF-8. Such lists drop texts by and about minorities, and in dialects, more often
 * than others (Dodge et al. 2021, arXiv 2104.08758): look at what they drop.
 *
 * @param words by ISO 639-3 code of the language whose documents they are looked for in
 * @param domains null if there is none, as with the others: registered domains such as {@code
 *     example.org}, or hosts
 * @param urls whole URLs as the documents have them
 * @param urlWords words that no URL may hold between characters other than ASCII letters and digits
 */
public record BlocklistConfig(
    Map<String, String> words, String domains, String urls, String urlWords)
    implements Serializable {
  public BlocklistConfig {
    words = words == null ? new TreeMap<>() : new TreeMap<>(words);
    words.forEach(
        (language, file) -> {
          if (!language.matches("[a-z]{3}")) {
            throw new IllegalArgumentException(
                "clean.blocklists.words must map ISO 639-3 codes such as eng to files, got '"
                    + language
                    + "'");
          }
          if (present(file) == null) {
            throw new IllegalArgumentException(
                "clean.blocklists.words." + language + " must name a file");
          }
        });
    domains = present(domains);
    urls = present(urls);
    urlWords = present(urlWords);
  }

  private static String present(String file) {
    return file == null || file.isBlank() ? null : file;
  }

  boolean hasUrls() {
    return domains != null || urls != null || urlWords != null;
  }
}
