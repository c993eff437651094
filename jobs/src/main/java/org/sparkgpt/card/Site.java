package org.sparkgpt.card;

import crawlercommons.domains.EffectiveTldFinder;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.api.java.UDF2;

/**
 * Where a document is from: the registered domain of its address, or the host where it has none; of
 * a document without an address the file it was read from, which may be an archive of many, with
 * the folder that the file is in.
 */
final class Site implements UDF2<String, String, String> {
  private static final long serialVersionUID = 1;

  /** What lies between a file and what is in it; see {@link org.sparkgpt.corpus.Document}. */
  private static final String INSIDE = "!/";

  private static final Pattern HOST =
      Pattern.compile(
          "[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@]*@)?(\\[[^\\]/]*]|[^/?#:]*).*", Pattern.DOTALL);

  @Override
  public String call(String url, String source) {
    return url == null ? file(source) : domain(url);
  }

  /** An address that has no host, as no crawler makes it, stands for itself. */
  static String domain(String url) {
    Matcher parts = HOST.matcher(url);
    if (!parts.matches() || parts.group(1).isEmpty()) {
      return url;
    }
    String host = parts.group(1).toLowerCase(Locale.ROOT);
    String domain = EffectiveTldFinder.getAssignedDomain(host, true, false);
    return domain == null ? host : domain;
  }

  static String file(String source) {
    int end = source.indexOf(INSIDE);
    String path = end < 0 ? source : source.substring(0, end);
    int name = path.lastIndexOf('/');
    int folder = path.lastIndexOf('/', name - 1);
    return name < 0 ? path : path.substring(folder + 1);
  }
}
