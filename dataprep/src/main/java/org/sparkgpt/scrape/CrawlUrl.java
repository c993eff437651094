package org.sparkgpt.scrape;

import java.net.IDN;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * URLs as the crawl's keys. The normal form is RFC 3986's (lower-case scheme and host, no default
 * port, no dot segments, no escaped letter, escapes in upper case), with what browsers do before
 * (WHATWG URL: white space and controls go, a backslash is a slash, other names than ASCII become
 * punycode, everything that must be escaped is, in UTF-8). No fragment, and no parameters that only
 * follow the visitor about ({@link TrackingParameters}). The order of parameters is kept.
 */
public final class CrawlUrl {
  /** In characters; longer ones are traps more often than pages. */
  static final int MAX_LENGTH = 2048;

  /** Before it is brought into its normal form, which may be shorter. */
  private static final int MAX_RAW = 4 * MAX_LENGTH;

  private static final int MAX_HOST = 253;
  private static final int MAX_PORT = 65535;

  private static final Pattern PARTS =
      Pattern.compile("(https?):[/\\\\]{2,}([^/\\\\?]+)([^?]*)(?:\\?(.*))?", Pattern.DOTALL);

  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9a-f:.]+]|[^\\[\\]:@]+)(?::(\\d{0,5}))?");

  private static final Pattern HOST_NAME =
      Pattern.compile("[a-z0-9_-]{1,63}(?:\\.[a-z0-9_-]{1,63})*");

  /** Whose last label is a number is an address, in one of many notations; only one is taken. */
  private static final Pattern NUMERIC = Pattern.compile("(?:.*\\.)?(?:\\d+|0x[0-9a-f]*)");

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");

  private CrawlUrl() {}

  /** The URL in its normal form; empty if it is none that can be crawled. */
  public static Optional<String> normalize(String url) {
    String cleaned = cleaned(url);
    if (cleaned.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int colon = Math.max(cleaned.indexOf(':'), 0);
    String scheme = cleaned.substring(0, colon).toLowerCase(Locale.ROOT);
    Matcher parts = PARTS.matcher(scheme + cleaned.substring(colon));
    if (!parts.matches()) {
      return Optional.empty();
    }
    return authority(scheme, parts.group(2))
        .map(authority -> scheme + "://" + authority + path(parts.group(3)) + query(parts.group(4)))
        .filter(normal -> normal.length() <= MAX_LENGTH);
  }

  /**
   * The URL that a page at {@code base} means by a reference, in its normal form; empty if it is
   * none that can be crawled.
   *
   * @param base an absolute URL
   */
  static Optional<String> resolve(String base, String reference) {
    try {
      return normalize(absolute(base, reference));
    } catch (MalformedURLException e) {
      return Optional.empty();
    }
  }

  private static String absolute(String base, String reference) throws MalformedURLException {
    String cleaned = cleaned(reference);
    int query = cleaned.indexOf('?');
    String path = query < 0 ? cleaned : cleaned.substring(0, query);
    String relative = path.replace('\\', '/') + (query < 0 ? "" : cleaned.substring(query));
    URL context = new URL(base);
    // java.net.URL puts a bare query after the directory, not after the page.
    return new URL(context, query == 0 ? context.getPath() + relative : relative).toString();
  }

  /** {@code scheme://host}, with the port if it is not the scheme's own, of a normalised URL. */
  public static String host(String url) {
    return url.substring(0, url.indexOf('/', url.indexOf("://") + 3));
  }

  /** The path and the query of a normalised URL. */
  static String pathAndQuery(String url) {
    return url.substring(host(url).length());
  }

  /** Host and, if it is not the scheme's own, port of a normalised URL. */
  static String authority(String url) {
    return host(url).substring(url.indexOf("://") + 3);
  }

  /** The name or address in a normalised URL, without brackets. */
  static String hostName(String url) {
    return authority(url).replaceFirst(":\\d+$", "").replaceAll("[\\[\\]]", "");
  }

  static boolean isSecure(String url) {
    return url.startsWith("https:");
  }

  static int port(String url) {
    Matcher port = Pattern.compile(":(\\d+)$").matcher(authority(url));
    if (port.find()) {
      return Integer.parseInt(port.group(1));
    }
    return isSecure(url) ? 443 : 80;
  }

  /** As browsers take it; empty if it is too long to be looked at. */
  private static String cleaned(String url) {
    if (url.length() > MAX_RAW) {
      return "";
    }
    int end = url.indexOf('#') < 0 ? url.length() : url.indexOf('#');
    StringBuilder kept = new StringBuilder(end);
    for (int i = 0; i < end; i++) {
      char c = url.charAt(i);
      if (c != '\t' && c != '\n' && c != '\r') {
        kept.append(c);
      }
    }
    return kept.toString().trim(); // of controls, too
  }

  private static Optional<String> authority(String scheme, String raw) {
    Matcher parts = AUTHORITY.matcher(raw.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      return Optional.empty();
    }
    String port = parts.group(2) == null || parts.group(2).isEmpty() ? "" : parts.group(2);
    int number = port.isEmpty() ? 0 : Integer.parseInt(port);
    if (number > MAX_PORT || !port.isEmpty() && number == 0) {
      return Optional.empty();
    }
    boolean usual = port.isEmpty() || number == (scheme.equals("https") ? 443 : 80);
    return hostName(parts).map(name -> usual ? name : name + ":" + number);
  }

  private static Optional<String> hostName(Matcher authority) {
    String raw = authority.group(1);
    try {
      if (raw.startsWith("[")) {
        String address = InetAddress.getByName(raw).getHostAddress();
        return Optional.of(address.contains(":") ? "[" + address + "]" : address);
      }
      String name = IDN.toASCII(Escapes.decode(raw), IDN.ALLOW_UNASSIGNED);
      name = name.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
      boolean known =
          name.length() <= MAX_HOST
              && (NUMERIC.matcher(name).matches() ? IPV4 : HOST_NAME).matcher(name).matches();
      return known ? Optional.of(name) : Optional.empty();
    } catch (UnknownHostException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty(); // the last: IDN on names that end in odd places
    }
  }

  private static String path(String raw) {
    String path = Escapes.normalize(raw.replace('\\', '/'));
    return withoutDotSegments(TrackingParameters.withoutSession(path));
  }

  /** RFC 3986, 5.2.4, for a path that is empty or begins with a slash. */
  private static String withoutDotSegments(String path) {
    String[] segments = path.split("/", -1);
    String[] kept = new String[segments.length];
    int n = 0;
    for (int i = 1; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      switch (segments[i]) {
        case "." -> {}
        case ".." -> n = Math.max(0, n - 1);
        default -> kept[n++] = segments[i];
      }
      if (last && (segments[i].equals(".") || segments[i].equals(".."))) {
        kept[n++] = "";
      }
    }
    return "/" + String.join("/", Arrays.asList(kept).subList(0, n));
  }

  private static String query(String raw) {
    if (raw == null) {
      return "";
    }
    String kept =
        Arrays.stream(Escapes.normalize(raw).split("&", -1))
            .filter(p -> !TrackingParameters.contains(p))
            .collect(Collectors.joining("&"));
    return kept.isEmpty() ? "" : "?" + kept;
  }
}
