package org.sparkgpt.scrape;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Parameters that say where a visitor came from or who it is, never which page is meant: campaign
 * tags, click numbers of advertising networks, session numbers.
 */
final class TrackingParameters {
  private static final String CAMPAIGN = "utm_";

  private static final Set<String> NAMES =
      Set.of(
          "gclid", // Google Ads, and the next four
          "gclsrc",
          "dclid",
          "gbraid",
          "wbraid",
          "_ga", // Google Analytics
          "_gl",
          "fbclid", // Facebook
          "igshid", // Instagram
          "msclkid", // Microsoft
          "twclid", // Twitter
          "yclid", // Yandex
          "ttclid", // TikTok
          "li_fat_id", // LinkedIn
          "mc_cid", // Mailchimp
          "mc_eid",
          "_hsenc", // HubSpot
          "_hsmi",
          "phpsessid",
          "jsessionid");

  /** Servlet containers put it at the end of a path. */
  private static final Pattern SESSION_IN_PATH =
      Pattern.compile(";jsessionid=[^/;]*", Pattern.CASE_INSENSITIVE);

  private TrackingParameters() {}

  /**
   * @param parameter {@code name=value} or {@code name}
   */
  static boolean contains(String parameter) {
    int equals = parameter.indexOf('=');
    String name =
        (equals < 0 ? parameter : parameter.substring(0, equals)).toLowerCase(Locale.ROOT);
    return name.startsWith(CAMPAIGN) || NAMES.contains(name);
  }

  static String withoutSession(String path) {
    return SESSION_IN_PATH.matcher(path).replaceAll("");
  }
}
