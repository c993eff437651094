package org.sparkgpt.ingest;

import java.util.ArrayList;
import java.util.List;

/** The lines of a wiki page without its inline markup, as paragraphs, headings and lists. */
final class WikiLines {
  /** A heading nobody wrote anything under is not written either, so it waits here. */
  private final List<Heading> headings = new ArrayList<>();

  private final StringBuilder out = new StringBuilder();
  private boolean listOpen;
  private boolean paragraphOpen;

  private record Heading(int level, String title) {}

  private WikiLines() {}

  static String plain(String wiki) {
    WikiLines lines = new WikiLines();
    wiki.lines().forEach(lines::add);
    return lines.out.toString();
  }

  private void add(String raw) {
    String line = raw.strip();
    int level = headingLevel(line);
    int marks = 0;
    while (marks < line.length() && "*#:;".indexOf(line.charAt(marks)) >= 0) {
      marks++;
    }
    if (level > 0) {
      headings.removeIf(heading -> heading.level() >= level);
      headings.add(new Heading(level, line.substring(level, line.length() - level).strip()));
      end();
    } else if (marks > 0) {
      String item = line.substring(marks).strip();
      char kind = line.charAt(marks - 1);
      item(item, kind == '*' || kind == '#' ? "- " : "");
    } else if (line.isEmpty() || line.startsWith("----")) {
      end();
    } else {
      prose(line);
    }
  }

  private static int headingLevel(String line) {
    int level = 0;
    while (level < 6
        && line.length() > 2 * level + 2
        && line.charAt(level) == '='
        && line.charAt(line.length() - 1 - level) == '=') {
      level++;
    }
    return level;
  }

  private void end() {
    listOpen = false;
    paragraphOpen = false;
  }

  private void item(String item, String mark) {
    if (!item.isEmpty()) {
      separate(listOpen);
      out.append(mark).append(item);
      listOpen = true;
      paragraphOpen = false;
    }
  }

  private void prose(String line) {
    separate(paragraphOpen);
    out.append(line);
    paragraphOpen = true;
    listOpen = false;
  }

  private void separate(boolean goesOn) {
    for (Heading heading : headings) {
      out.append(out.isEmpty() ? "" : "\n\n").append(heading.title());
    }
    boolean wrote = !headings.isEmpty();
    headings.clear();
    if (!out.isEmpty()) {
      out.append(goesOn && !wrote ? "\n" : "\n\n");
    }
  }
}
