package org.sparkgpt.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What the HTML pages about a run have in common: HTML that is XML as well, style and drawings
 * inside, no script, nothing from the network, in light and in dark.
 */
public final class Page {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --back: #fff; --text: #1c1e21; --soft: #5b6168;
        --rule: #d9dce0; --pane: #f5f6f8; --line0: #1f6feb; --line1: #c2570c; --line2: #57803a }
      @media (prefers-color-scheme: dark) { :root { --back: #15181c; --text: #e4e7ea;
        --soft: #9aa3ad; --rule: #333a42; --pane: #1e2329; --line0: #6cb0ff; --line1: #ffa25c;
        --line2: #9ccc77 } }
      body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; background: var(--back);
        color: var(--text); font: 15px/1.45 system-ui, sans-serif }
      h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere }
      h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
      h3 { font-size: .95rem; font-weight: 600; margin: 1.1rem 0 .2rem }
      p { color: var(--soft); margin: .3rem 0; max-width: 60rem }
      .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 1rem;
        margin-top: 1.5rem }
      svg { width: 100%; height: auto; font: 11px system-ui, sans-serif }
      svg text { fill: var(--soft) }
      svg text.name { fill: var(--text); font-size: 13px; font-weight: 600 }
      text.x, text.empty { text-anchor: middle }
      text.y { text-anchor: end }
      svg text.label { fill: var(--text); text-anchor: end }
      path { fill: none }
      .grid { stroke: var(--rule); stroke-width: .6 }
      .axis { stroke: var(--soft) }
      path.line0, path.line1, path.line2 { stroke-width: 1.6; stroke-linejoin: round }
      path.line0 { stroke: var(--line0) } circle.line0 { fill: var(--line0) }
      path.line1 { stroke: var(--line1) } circle.line1 { fill: var(--line1) }
      path.line2 { stroke: var(--line2) } circle.line2 { fill: var(--line2) }
      rect.part0 { fill: var(--line0) }
      rect.part1 { fill: var(--line1); opacity: .45 }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums }
      th, td { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--rule); text-align: left;
        vertical-align: top; overflow-wrap: anywhere }
      th { font-weight: 600 }
      td.number, th.number { text-align: right; white-space: nowrap }
      .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem;
        margin: 1.2rem 0 0 }
      .tile { background: var(--pane); border-radius: .5rem; padding: .6rem .8rem }
      .tile b { display: block; font-size: 1.35rem; font-weight: 600; line-height: 1.3 }
      .tile span { color: var(--soft); font-size: .85rem }
      section { border-top: 1px solid var(--rule); margin-top: 1.6rem }
      section h2 { font-size: 1.2rem; margin-top: 1rem }
      section svg { display: block; max-width: 50rem; margin: .8rem 0 }
      .wide { overflow-x: auto }
      .wide td:first-child { overflow-wrap: normal }
      .wide tr:last-child td { border-bottom: 0 }
      .wide th { color: var(--soft); font-size: .85rem; vertical-align: bottom }
      summary { color: var(--soft); cursor: pointer }
      """;

  private Page() {}

  /**
   * A whole page.
   *
   * @param title any text
   * @param body markup
   */
  public static String of(String title, String body) {
    return "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n"
        + "<head>\n<meta charset=\"utf-8\"/>\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>"
        + Text.escape(title)
        + "</title>\n<style>\n"
        + STYLE
        + "</style>\n</head>\n<body>\n"
        + body
        + "</body>\n</html>\n";
  }

  /** Writes a file beside its place and moves it there, so that nobody reads half of it. */
  public static void write(FileSystem fs, Path file, String content) throws IOException {
    FileSystem plain = fs instanceof LocalFileSystem local ? local.getRaw() : fs; // no .crc files
    Path unfinished = file.suffix(".tmp");
    try (OutputStream out = plain.create(unfinished, true)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    plain.delete(file, false);
    if (!plain.rename(unfinished, file)) {
      throw new IOException("cannot rename " + unfinished);
    }
  }
}
