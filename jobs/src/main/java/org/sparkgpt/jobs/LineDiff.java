package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What lines were kept, removed and added between two texts, by their longest common subsequence.
 */
final class LineDiff {
  /** Lines of a text that are compared; the table has the square of it. */
  private static final int MAX_LINES = 3000;

  private static final int SHOWN = 100; // characters of a line

  private record Block(char sign, List<String> lines) {}

  private final List<Block> blocks = new ArrayList<>();

  LineDiff(String before, String after) {
    List<String> a = lines(before);
    List<String> b = lines(after);
    int[][] common = new int[a.size() + 1][b.size() + 1]; // of what follows
    for (int i = a.size() - 1; i >= 0; i--) {
      for (int j = b.size() - 1; j >= 0; j--) {
        common[i][j] =
            a.get(i).equals(b.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (i < a.size() && j < b.size() && a.get(i).equals(b.get(j))) {
        add(' ', a.get(i++));
        j++;
      } else if (j == b.size() || i < a.size() && common[i + 1][j] >= common[i][j + 1]) {
        add('-', a.get(i++));
      } else {
        add('+', b.get(j++));
      }
    }
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank()).limit(MAX_LINES).toList();
  }

  private void add(char sign, String line) {
    Block last = blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
    if (last == null || last.sign() != sign) {
      last = new Block(sign, new ArrayList<>());
      blocks.add(last);
    }
    last.lines().add(line);
  }

  /** Each block by its first and last line, or with all lines that are not common. */
  void print(PrintWriter out, boolean full) {
    for (Block block : blocks) {
      List<String> lines = block.lines();
      boolean whole = lines.size() < 3 || full && block.sign() != ' ';
      for (int i = 0; i < lines.size(); i++) {
        if (whole || i == 0 || i == lines.size() - 1) {
          String line = lines.get(i);
          boolean cut = !full && line.length() > SHOWN;
          out.println("    " + block.sign() + " " + (cut ? line.substring(0, SHOWN) + "…" : line));
        } else if (i == 1) {
          out.printf(Locale.ROOT, "    %s   (%,d more lines)%n", block.sign(), lines.size() - 2);
        }
      }
    }
  }
}
