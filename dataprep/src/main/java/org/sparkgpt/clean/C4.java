package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.clean.Thresholds.Bound;
import org.sparkgpt.corpus.Verdict;

/**
 * C4's cleaning of a page (arXiv 1910.10683): keeps the lines that end like sentences, or rejects
 * the page. Each line in this order: blanks off; too long a word: gone; {@code [1]}, {@code []},
 * {@code [edit]} and {@code [citation needed]} deleted; no end mark, or {@code ...}: gone; too few
 * words: gone; {@code lorem ipsum}: page rejected; {@code javascript}: gone; an opening curly
 * bracket: page rejected; a phrase of cookie and privacy notices: gone. So a line that an earlier
 * step removed rejects no page. Then the sentences of what is left are counted.
 *
 * <p>{@code c4@code} is what TensorFlow Datasets' {@code c4_utils.clean_page} does, {@code
 * c4@paper} the paper's text as datatrove's {@code c4_filters.py} has it: it takes {@code '} for an
 * end mark too, and counts words before citations are deleted. A citation behind the full stop
 * leaves a blank, and so no end mark, in both. Parity ends at the sentences, which come from {@link
 * Sentences} instead of NLTK's Punkt.
 */
final class C4 implements Rule {
  private static final String CODE_MARKS = ".?!\"";
  private static final String PAPER_MARKS = CODE_MARKS + "'";
  private static final String LOREM_IPSUM = "lorem ipsum";
  private static final String JAVASCRIPT = "javascript";
  private static final String[] POLICY = {
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies"
  };
  private static final String[] CITATIONS = {"[edit]", "[citation needed]"};

  private static final int MOST_KEPT = 1 << 22; // characters

  private final String profile;
  private final boolean paper;
  private final int maxWordLength;
  private final int minLineWords;
  private final Bound sentences;
  private StringBuilder page = new StringBuilder();

  /** What of a line's content decides over it or its page. */
  private boolean loremIpsum;

  private boolean javascript;
  private boolean policy;

  /**
   * @param paper whether this is the paper's text, not the code
   */
  C4(String profile, Thresholds t, boolean paper) {
    this.profile = profile;
    this.paper = paper;
    maxWordLength = t.count("maxWordLength");
    minLineWords = t.count("minLineWords");
    t.count("minSentences");
    sentences = t.atLeast("sentences", "minSentences");
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    String characters = text.characters();
    if (page.capacity() > MOST_KEPT) {
      page = new StringBuilder();
    }
    page.setLength(0);
    int count = 0;
    for (int start = 0, end; start < characters.length(); ) {
      end = Characters.lineEnd(characters, start);
      int from = page.length();
      if (append(characters, start, end)) {
        inspect(from);
        boolean bracket = page.indexOf("{", from) >= 0;
        if (loremIpsum || bracket && !javascript) {
          return Optional.of(
              new Verdict(profile + "/" + (loremIpsum ? "lorem-ipsum" : "curly-bracket")));
        }
        if (javascript || policy) {
          page.setLength(from);
        } else {
          count += Sentences.count(page, from, page.length());
          page.append('\n');
        }
      }
      start = Characters.nextLine(characters, end);
    }
    Optional<Verdict> few = sentences.check(count);
    if (few.isEmpty()) {
      int last = Characters.trimWhite(page, 0, page.length());
      text.rewrite(page.substring(Characters.skipWhite(page, 0, last), last));
    }
    return few;
  }

  /** Puts a line behind the page without citations; not if its words or its end are amiss. */
  private boolean append(String text, int lineStart, int lineEnd) {
    int start = Characters.skipWhite(text, lineStart, lineEnd);
    int end = Characters.trimWhite(text, start, lineEnd);
    int words = words(text, start, end);
    int from = page.length();
    if (words >= 0) {
      appendWithoutCitations(text, start, end);
      if (!paper && page.length() - from < end - start) {
        words = words(page, from, page.length());
      }
    }
    if (words < minLineWords || !endsWell(from)) {
      page.setLength(from);
      return false;
    }
    return true;
  }

  /** How many words there are; -1 if one of them is too long. */
  private int words(CharSequence text, int start, int end) {
    int count = 0;
    for (int i = start; i < end; i++) {
      int length = 0; // code points
      for (; i < end && !Characters.is(Characters.WHITE, text.charAt(i)); i++) {
        boolean low = Character.isLowSurrogate(text.charAt(i));
        length += low && length > 0 && Character.isHighSurrogate(text.charAt(i - 1)) ? 0 : 1;
      }
      if (length > maxWordLength) {
        return -1;
      }
      count += length > 0 ? 1 : 0;
    }
    return count;
  }

  private void appendWithoutCitations(String text, int start, int end) {
    int copied = start;
    for (int i = start; i < end; i++) {
      int behind = text.charAt(i) == '[' ? citationEnd(text, i, end) : i;
      if (behind > i) {
        page.append(text, copied, i);
        copied = behind;
        i = behind - 1;
      }
    }
    page.append(text, copied, end);
  }

  /** Where the citation that begins at {@code open} ends; {@code open} if none does. */
  private static int citationEnd(String text, int open, int end) {
    int i = open + 1;
    while (i < end && Character.isDigit(text.codePointAt(i))) {
      i += Character.charCount(text.codePointAt(i));
    }
    if (i < end && text.charAt(i) == ']') {
      return i + 1;
    }
    for (String citation : CITATIONS) {
      if (text.startsWith(citation, open) && open + citation.length() <= end) {
        return open + citation.length();
      }
    }
    return open;
  }

  private boolean endsWell(int from) {
    int end = page.length();
    return end > from
        && (paper ? PAPER_MARKS : CODE_MARKS).indexOf(page.charAt(end - 1)) >= 0
        && !Characters.endsWith(page, from, end, "...");
  }

  /** Looks for the phrases in the last line of the page. */
  private void inspect(int from) {
    loremIpsum = false;
    javascript = false;
    policy = false;
    for (int i = from; i < page.length(); i++) {
      switch (lower(page.charAt(i))) {
        case 'l' -> loremIpsum |= isAt(i, LOREM_IPSUM);
        case 'j' -> javascript |= isAt(i, JAVASCRIPT);
        case 't', 'p', 'c', 'u' -> policy = policy || isPolicyAt(i);
        default -> {}
      }
    }
  }

  private boolean isPolicyAt(int i) {
    for (String phrase : POLICY) {
      if (isAt(i, phrase)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAt(int i, String phrase) {
    if (i + phrase.length() > page.length()) {
      return false;
    }
    for (int k = 0; k < phrase.length(); k++) {
      if (lower(page.charAt(i + k)) != phrase.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /** As in Python, U+0130 does not become a plain i: a dot stays above it. */
  private static char lower(char c) {
    if (c < 0x80) {
      return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
    }
    return c == '\u0130' ? c : Character.toLowerCase(c);
  }
}
