package org.sparkgpt.decontaminate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkgpt.corpus.Verdict;

/**
 * Cuts the matches out of texts, with a window around them. Windows that overlap or touch are one
 * cut. Windows and pieces are measured in code points, so no surrogate pair is ever cut; where they
 * begin and end is told in UTF-16 units of the text as it came. Holds scratch: one per thread.
 */
final class Cutter {
  static final String TOO_MANY_PIECES = "decontaminate/too-many-pieces";
  static final String NOTHING_LEFT = "decontaminate/nothing-left";

  private static final String BLANK_LINE = "\n\n";

  private final NGramIndex index;
  private final DecontaminateConfig config;
  private final Scan scan;

  /**
   * @param index the n-grams to cut out
   */
  Cutter(NGramIndex index, DecontaminateConfig config) {
    this.index = index;
    this.config = config;
    scan = new Scan(index);
  }

  Cut cut(String text) {
    SortedMap<Integer, List<int[]>> matches = new TreeMap<>(); // by set
    scan.read(
        text,
        (gram, start, end) -> {
          for (int set : index.setsOf(gram)) {
            join(
                matches.computeIfAbsent(set, s -> new ArrayList<>()),
                start,
                end,
                2 * config.windowCharacters());
          }
        });
    if (matches.isEmpty()) {
      return new Cut(text, List.of(), null);
    }
    List<Span> removed = new ArrayList<>();
    List<int[]> windows = new ArrayList<>();
    matches.forEach(
        (set, ranges) -> {
          for (int[] window : windows(text, ranges)) {
            windows.add(window);
            removed.add(new Span(window[0], window[1], index.name(set)));
          }
        });
    windows.sort(Comparator.comparingInt(w -> w[0]));
    List<int[]> cuts = new ArrayList<>();
    windows.forEach(w -> join(cuts, w[0], w[1], 0));
    return judge(text, pieces(text.length(), cuts), removed);
  }

  /**
   * Adds a range to those before it, whose starts are not greater; one that begins at most {@code
   * gap} behind the last one continues it.
   */
  private static void join(List<int[]> ranges, int start, int end, int gap) {
    int[] last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
    if (last != null && (long) start - last[1] <= gap) {
      last[1] = Math.max(last[1], end);
    } else {
      ranges.add(new int[] {start, end});
    }
  }

  /**
   * The windows around matches. Matches so close that no count of code points could part their
   * windows have been joined before: that keeps the counting linear.
   */
  private List<int[]> windows(String text, List<int[]> matches) {
    List<int[]> windows = new ArrayList<>();
    for (int[] match : matches) {
      int start = match[0];
      int end = match[1];
      for (int i = 0; i < config.windowCharacters() && start > 0; i++) {
        start = text.offsetByCodePoints(start, -1);
      }
      for (int i = 0; i < config.windowCharacters() && end < text.length(); i++) {
        end = text.offsetByCodePoints(end, 1);
      }
      join(windows, start, end, 0);
    }
    return windows;
  }

  /** What lies between the cuts, without what is empty. */
  private static List<int[]> pieces(int length, List<int[]> cuts) {
    List<int[]> pieces = new ArrayList<>();
    int from = 0;
    for (int[] cut : cuts) {
      if (cut[0] > from) {
        pieces.add(new int[] {from, cut[0]});
      }
      from = cut[1];
    }
    if (length > from) {
      pieces.add(new int[] {from, length});
    }
    return pieces;
  }

  private Cut judge(String text, List<int[]> pieces, List<Span> removed) {
    boolean tooMany = pieces.size() > config.maxPieces();
    List<String> kept = new ArrayList<>();
    int longest = 0;
    for (int[] piece : pieces) {
      int characters = text.codePointCount(piece[0], piece[1]);
      longest = Math.max(longest, characters);
      String part = text.substring(piece[0], piece[1]);
      if (tooMany || characters < config.minPieceCharacters() || part.isBlank()) {
        removed.add(new Span(piece[0], piece[1], null));
      } else {
        kept.add(part);
      }
    }
    removed.sort(Comparator.comparingInt(Span::start)); // stable: sets stay in order
    if (tooMany) {
      return new Cut(
          text, removed, new Verdict(TOO_MANY_PIECES, pieces.size(), config.maxPieces()));
    }
    return kept.isEmpty()
        ? new Cut(text, removed, new Verdict(NOTHING_LEFT, longest, config.minPieceCharacters()))
        : new Cut(String.join(BLANK_LINE, kept), removed, null);
  }
}
