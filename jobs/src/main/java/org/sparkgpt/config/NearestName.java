package org.sparkgpt.config;

import java.util.Iterator;
import java.util.Locale;

/** The known name that a mistyped one most likely meant. */
public final class NearestName {
  private NearestName() {}

  /** The candidate with the smallest edit distance, the first of equals; ignores case. */
  public static String to(String name, Iterator<String> candidates) {
    String nearest = "";
    int best = Integer.MAX_VALUE;
    while (candidates.hasNext()) {
      String candidate = candidates.next();
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** Levenshtein distance, one row at a time. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
