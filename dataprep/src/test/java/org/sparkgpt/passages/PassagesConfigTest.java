package org.sparkgpt.passages;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PassagesConfigTest {
  @Test
  void methodsAreNamedOnceEach() {
    assertRefused(
        () -> PassagesConfigs.of(Keep.FIRST),
        "passages.methods must name paragraph, line, span or substring, each at most once, got []");
    assertRefused(
        () -> PassagesConfigs.of(Keep.FIRST, Method.LINE, Method.LINE),
        "passages.methods must name paragraph, line, span or substring, each at most once, got"
            + " [LINE, LINE]");
  }

  @Test
  void boundsNameTheirKey() {
    assertRefused(
        () -> PassagesConfigs.of(Keep.FIRST, 0, 50, Method.LINE),
        "passages.minCharacters must be at least 1, got 0");
    assertRefused(
        () -> new PassagesConfig.Paragraph(null, 300, 40, 2),
        "passages.paragraph.keep must be first or none");
    assertRefused(
        () -> new PassagesConfig.Paragraph(Keep.NONE, -1, 40, 2),
        "passages.paragraph.minDocumentCharacters must be at least 0, got -1");
    assertRefused(
        () -> new PassagesConfig.Paragraph(Keep.NONE, 300, 0, 2),
        "passages.paragraph.minCharacters must be at least 1, got 0");
    assertRefused(
        () -> new PassagesConfig.Paragraph(Keep.NONE, 300, 40, 1),
        "passages.paragraph.minOccurrences must be at least 2, got 1");
    assertRefused(
        () -> new PassagesConfig.Line(0, 2, 3),
        "passages.line.minCharacters must be at least 1, got 0");
    assertRefused(
        () -> new PassagesConfig.Line(40, 20_000, 3),
        "passages.line.minOccurrences must be at most 10000, got 20000");
    assertRefused(
        () -> new PassagesConfig.Line(40, 2, -1),
        "passages.line.minSentences must be at least 0, got -1");
    assertRefused(
        () -> new PassagesConfig.Span(0), "passages.span.minCharacters must be at least 1, got 0");
    assertRefused(
        () -> new PassagesConfig.Substring(Keep.FIRST, 3),
        "passages.substring.minWords must be at least 4, got 3");
    assertRefused(
        () -> new PassagesConfig.Substring(null, 50),
        "passages.substring.keep must be first or none");
  }

  private static void assertRefused(Runnable creation, String message) {
    assertThatThrownBy(creation::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
