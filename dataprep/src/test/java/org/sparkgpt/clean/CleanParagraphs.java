package org.sparkgpt.clean;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Paragraphs in 61 languages that are in order; see README.md beside the file. */
final class CleanParagraphs {
  record Paragraph(String language, String text) {}

  private CleanParagraphs() {}

  static List<Paragraph> all() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    CleanParagraphs.class.getResourceAsStream("clean-paragraphs.tsv.gz")),
                StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .map(line -> line.split("\t", 2))
          .map(fields -> new Paragraph(fields[0], fields[1]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
