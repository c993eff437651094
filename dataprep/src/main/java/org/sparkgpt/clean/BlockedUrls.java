package org.sparkgpt.clean;

import crawlercommons.domains.EffectiveTldFinder;
import java.util.Locale;
import java.util.Optional;
import org.sparkgpt.corpus.Verdict;

/**
 * FineWeb's URL filter (datatrove's {@code url_filter.py}) with the user's lists: rejects a
 * document whose registered domain, host or whole URL is listed, or whose URL holds a listed word
 * between characters other than ASCII letters and digits. Capitals do not matter, where upstream
 * only its lists are in lower case. Its "soft" words and parts of words are not there. Documents
 * without a URL pass. See {@link BlocklistConfig} for whom such lists hurt.
 */
final class BlockedUrls implements Rule {
  static final String NAME = "blocked-urls";

  private final Blocklists lists;

  BlockedUrls(Blocklists lists) {
    this.lists = lists;
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    String url = text.url();
    if (url == null) {
      return Optional.empty();
    }
    String host = host(url);
    String domain = EffectiveTldFinder.getAssignedDomain(host, true, true);
    if (domain != null && lists.hasDomain(domain)) {
      return verdict("domain");
    }
    if (lists.hasDomain(host)) {
      return verdict("host");
    }
    if (lists.hasUrl(url)) {
      return verdict("url");
    }
    return lists.hasUrlWords() && hasWord(url) ? verdict("word") : Optional.empty();
  }

  private static Optional<Verdict> verdict(String what) {
    return Optional.of(new Verdict(NAME + "/" + what));
  }

  private boolean hasWord(String url) {
    for (String word : url.toLowerCase(Locale.ROOT).split("[^a-z0-9]+")) {
      if (lists.hasUrlWord(word)) {
        return true;
      }
    }
    return false;
  }

  /** The host of any URL, however odd, in lower case; without user, port and final full stop. */
  static String host(String url) {
    int scheme = url.indexOf("://");
    int start = scheme < 0 ? 0 : scheme + 3;
    int end = start;
    while (end < url.length() && "/?#\\".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    String authority = url.substring(start, end);
    authority = authority.substring(authority.lastIndexOf('@') + 1);
    return authority.replaceFirst(":\\d*$", "").replaceFirst("\\.$", "").toLowerCase(Locale.ROOT);
  }
}
