package org.sparkgpt.clean;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.corpus.Hash64;

/** The lists that a run file names, read, for {@link BlockedWords} and {@link BlockedUrls}. */
public final class Blocklists implements Serializable {
  private static final long serialVersionUID = 1;

  /** Lists with nothing in them. */
  public static final Blocklists NONE = new Blocklists();

  /** Some ten million domains; in memory a line takes 8 bytes. */
  private static final long MAX_URL_BYTES = 256L << 20;

  /** Words are kept whole, at about 40 bytes a character. */
  private static final long MAX_WORD_BYTES = 1L << 20;

  /** By language: parts of common words, which datatrove leaves out of the published lists. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.of("jpn", Set.of("sm", "グロ", "女の子"), "zho", Set.of("性"), "cmn", Set.of("性"));

  private final Map<String, WordAutomaton> words = new HashMap<>();
  private final Set<String> urlWords = new HashSet<>();
  private final StringBuilder sums = new StringBuilder();
  private long[] domains = {};
  private long[] urls = {};

  private Blocklists() {}

  /**
   * Reads the files of the rules that {@code config} has, none if it has no such rule.
   *
   * @throws IllegalArgumentException if one is missing, empty or too large
   */
  public static Blocklists read(Configuration hadoop, CleanConfig config) throws IOException {
    Blocklists lists = new Blocklists();
    BlocklistConfig files = config.blocklists();
    if (config.rules().contains(BlockedWords.NAME)) {
      for (Map.Entry<String, String> file : files.words().entrySet()) {
        lists.words.put(file.getKey(), lists.words(hadoop, file.getKey(), file.getValue()));
      }
    }
    if (config.rules().contains(BlockedUrls.NAME)) {
      lists.domains = lists.hashes(hadoop, "domains", files.domains(), true);
      lists.urls = lists.hashes(hadoop, "urls", files.urls(), false);
      if (files.urlWords() != null) {
        lists.lines(
            hadoop,
            "urlWords",
            files.urlWords(),
            MAX_WORD_BYTES,
            line -> {
              if (!line.startsWith("#")) {
                lists.urlWords.add(lower(line).replaceAll("[^a-z0-9]+", ""));
              }
            });
        lists.urlWords.remove("");
      }
    }
    return lists;
  }

  /** SHA-256 of the content of all files, by what they are for; empty if there are none. */
  public String digest() {
    return sums.toString();
  }

  /** The words for texts in a language; null if there is no list. */
  WordAutomaton words(String language) {
    return words.get(language);
  }

  boolean hasDomain(String domain) {
    return Arrays.binarySearch(domains, Hash64.of(domain)) >= 0;
  }

  boolean hasUrl(String url) {
    return Arrays.binarySearch(urls, Hash64.of(url)) >= 0;
  }

  boolean hasUrlWord(String word) {
    return urlWords.contains(word);
  }

  boolean hasUrlWords() {
    return !urlWords.isEmpty();
  }

  private WordAutomaton words(Configuration hadoop, String language, String file)
      throws IOException {
    Set<String> list = new TreeSet<>();
    lines(hadoop, "words." + language, file, MAX_WORD_BYTES, line -> list.add(lower(line)));
    list.removeAll(ALLOWED.getOrDefault(language, Set.of()));
    return new WordAutomaton(list);
  }

  private long[] hashes(Configuration hadoop, String key, String file, boolean lower)
      throws IOException {
    if (file == null) {
      return new long[0];
    }
    long[][] hashes = {new long[1024]};
    int[] count = {0};
    lines(
        hadoop,
        key,
        file,
        MAX_URL_BYTES,
        line -> {
          if (!line.startsWith("#")) {
            if (count[0] == hashes[0].length) {
              hashes[0] = Arrays.copyOf(hashes[0], 2 * count[0]);
            }
            hashes[0][count[0]++] = Hash64.of(lower ? lower(line) : line);
          }
        });
    long[] sorted = Arrays.copyOf(hashes[0], count[0]);
    Arrays.sort(sorted);
    return sorted;
  }

  /** Hands on the lines that are not blank, without white space at their ends. */
  private void lines(
      Configuration hadoop, String key, String file, long maxBytes, Consumer<String> entries)
      throws IOException {
    Path path = new Path(file);
    FileSystem fs = path.getFileSystem(hadoop);
    String where = "clean.blocklists." + key + ": " + file;
    long bytes;
    try {
      bytes = fs.getFileStatus(path).getLen();
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(where + " does not exist", e);
    }
    if (bytes > maxBytes) {
      throw new IllegalArgumentException(
          where + " has " + bytes + " bytes, at most " + maxBytes + " are read");
    }
    MessageDigest digest = sha256();
    boolean any = false;
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(fs.open(path), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        digest.update((line + "\n").getBytes(StandardCharsets.UTF_8));
        if (!line.isBlank()) {
          entries.accept(line.strip());
          any = true;
        }
      }
    }
    if (!any) {
      throw new IllegalArgumentException(where + " is empty");
    }
    sums.append(key).append(' ').append(HexFormat.of().formatHex(digest.digest())).append('\n');
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
