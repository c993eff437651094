package org.sparkgpt.redact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds personal data in one pass over a text, in time proportional to its length: at each place
 * where a word or number begins the recognisers look at a bounded number of characters. An e-mail
 * address counts before all others; what begins first counts before what begins later; of what
 * begins at the same place the class that is first in {@link Pii}.
 *
 * <p>Not for several threads at once.
 */
public final class PiiScanner {
  private final boolean emails;
  private final List<Recogniser> atLetters = new ArrayList<>();
  private final List<Pii> letterClasses = new ArrayList<>();
  private final List<Recogniser> atDigits = new ArrayList<>();
  private final List<Pii> digitClasses = new ArrayList<>();
  private final Context context = new Context();
  private final int[] counts = new int[Pii.values().length];

  private String text;
  private StringBuilder out; // null until something is replaced
  private int copied; // of the text, into out

  /**
   * @param classes to search for
   */
  public PiiScanner(Set<Pii> classes) {
    emails = classes.contains(Pii.EMAIL);
    for (Pii pii : Pii.values()) {
      if (classes.contains(pii)) {
        add(pii);
      }
    }
  }

  private void add(Pii pii) {
    switch (pii) {
      case EMAIL -> {} // found from its @
      case IBAN -> addAtLetters(pii, new Ibans());
      case CARD -> addAtDigits(pii, new CardNumbers());
      case NATIONAL_ID -> {
        NationalIds ids = new NationalIds();
        addAtLetters(pii, ids);
        addAtDigits(pii, ids);
      }
      case IP -> addAtDigits(pii, new IpAddresses());
      case PHONE -> addAtDigits(pii, new PhoneNumbers());
    }
  }

  private void addAtLetters(Pii pii, Recogniser recogniser) {
    atLetters.add(recogniser);
    letterClasses.add(pii);
  }

  private void addAtDigits(Pii pii, Recogniser recogniser) {
    atDigits.add(recogniser);
    digitClasses.add(pii);
  }

  /** The text with placeholders, and how many of each class. */
  public Redacted redact(String text) {
    this.text = text;
    out = null;
    copied = 0;
    Arrays.fill(counts, 0);
    context.reset();
    int from = 0;
    int at = emails ? text.indexOf('@') : -1;
    while (at >= 0) {
      int end = Emails.end(text, at);
      int start = end < 0 ? -1 : Emails.start(text, at, from);
      if (start >= 0) {
        scan(from, start);
        replace(Pii.EMAIL, start, end);
        from = end;
      }
      at = text.indexOf('@', Math.max(at + 1, end));
    }
    scan(from, text.length());
    return result();
  }

  private void scan(int from, int limit) {
    int i = from;
    while (i < limit) {
      char c = text.charAt(i);
      if (Characters.isLetter(c) || c >= 0x80 && Characters.isWord(c)) {
        i = word(i, limit);
      } else if (Characters.isDigit(c)) {
        i = number(i, limit);
      } else if (c == '+' || c == '(') {
        boolean may = i + 1 < limit && (c == '(' || isFirst(i));
        int end = may ? find(atDigits, digitClasses, i, limit) : Recogniser.NONE;
        i = end == Recogniser.NONE ? i + 1 : end;
      } else {
        i++;
        if (c == '#') {
          context.readNumberSign(i);
        }
      }
    }
  }

  private int word(int start, int limit) {
    if (isFirst(start)) {
      char c = text.charAt(start);
      int end =
          c >= 'A' && c <= 'Z' ? find(atLetters, letterClasses, start, limit) : Recogniser.NONE;
      if (end != Recogniser.NONE) {
        return end;
      }
    }
    int end = context.readWord(text, start, limit);
    return end > start ? end : start + 1;
  }

  private int number(int start, int limit) {
    if (isFirst(start)) {
      int end = find(atDigits, digitClasses, start, limit);
      if (end != Recogniser.NONE) {
        return end;
      }
    }
    int i = start + 1;
    while (i < limit && Characters.isDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private boolean isFirst(int start) {
    return start == 0 || !Characters.isWord(text.charAt(start - 1));
  }

  private int find(List<Recogniser> recognisers, List<Pii> classes, int start, int limit) {
    for (int r = 0; r < recognisers.size(); r++) {
      int end = recognisers.get(r).end(text, start, limit, context);
      if (end != Recogniser.NONE) {
        replace(classes.get(r), start, end);
        return end;
      }
    }
    return Recogniser.NONE;
  }

  private void replace(Pii pii, int start, int end) {
    if (out == null) {
      out = new StringBuilder(text.length());
    }
    out.append(text, copied, start).append(pii.placeholder());
    copied = end;
    counts[pii.ordinal()]++;
  }

  private Redacted result() {
    Map<Pii, Integer> found = new EnumMap<>(Pii.class);
    for (Pii pii : Pii.values()) {
      if (counts[pii.ordinal()] > 0) {
        found.put(pii, counts[pii.ordinal()]);
      }
    }
    String redacted = out == null ? text : out.append(text, copied, text.length()).toString();
    text = null;
    out = null;
    return new Redacted(redacted, found);
  }
}
