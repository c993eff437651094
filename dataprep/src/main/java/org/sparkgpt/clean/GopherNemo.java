package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.clean.Thresholds.Bound;
import org.sparkgpt.corpus.Verdict;

/**
 * Gopher's quality rules as NeMo Curator's {@code filters/heuristic/string.py} writes them: twelve
 * bullets but neither {@code -} nor {@code *}, eight ways to end a line with an ellipsis ({@code
 * read more} is one), blank lines left out, stop words counted as often as they occur.
 *
 * <p>A symbol is a word that is an ellipsis, or one in which the <em>runs</em> of {@code #} are
 * more than half of the characters: {@code #} and {@code #a#} are, {@code ##} is not. Exact but for
 * Chinese and Japanese, whose words Curator cuts with Jieba and MeCab.
 */
final class GopherNemo implements Rule {
  private static final String BULLETS = "•‣⁃⁌⁍∙○●◘◦⦾⦿";
  private static final String[] ELLIPSES = {"...", "[...]", "…", "(...)", "[…]", "-»"};
  private static final String[] READ_MORE = {"read more..", "read more"};

  private final GopherBounds bounds;
  private final Bound symbols;

  GopherNemo(Thresholds t) {
    bounds = new GopherBounds(t, "mean", false);
    symbols = t.atMostFraction("symbol-words", "maxSymbolWordFraction");
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    Words words = text.words();
    double all = words.count();
    return bounds
        .rejectWords(all)
        .or(() -> bounds.rejectWordLength(all == 0 ? 0 : words.meanLength()))
        .or(() -> symbols.check(all == 0 ? 1 : words.symbols() / all))
        .or(() -> rejectLines(text))
        .or(() -> bounds.rejectLetterWords(all == 0 ? 0 : words.withAlphabetic() / all))
        .or(() -> bounds.rejectStopWords(text));
  }

  private Optional<Verdict> rejectLines(Text text) {
    String characters = text.characters();
    Segments rows = text.rows();
    int lines = 0;
    int bullets = 0;
    int ellipses = 0;
    for (int i = 0; i < rows.count(); i++) {
      int first = Characters.skipWhite(characters, rows.start(i), rows.end(i));
      int last = Characters.trimWhite(characters, first, rows.end(i));
      if (first < last) {
        lines++;
        bullets += BULLETS.indexOf(characters.charAt(first)) >= 0 ? 1 : 0;
        ellipses += endsInEllipsis(characters, first, last) ? 1 : 0;
      }
    }
    double bulletFraction = lines == 0 ? 1 : (double) bullets / lines;
    double ellipsisFraction = lines == 0 ? 1 : (double) ellipses / lines;
    return bounds.rejectLines(bulletFraction, ellipsisFraction);
  }

  private static boolean endsInEllipsis(String text, int start, int end) {
    for (String ellipsis : ELLIPSES) {
      if (Characters.endsWith(text, start, end, ellipsis)) {
        return true;
      }
    }
    for (String more : READ_MORE) {
      int from = end - more.length();
      if (from >= start && text.regionMatches(true, from, more, 0, more.length())) {
        return true;
      }
    }
    return false;
  }
}
