package org.sparkgpt.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void lineIsShortPlainAndOnOneLine() {
    assertThat(Text.line("  a\r\n\tb\u00a0 c ", 10)).isEqualTo("a b c");
    assertThat(Text.line("\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00", 2))
        .as("cut between code points")
        .isEqualTo("\uD83D\uDE00\uD83D\uDE00…");
    assertThat(Text.line("abc", 3)).isEqualTo("abc");
    assertThat(Text.line("a\u0007\u202E\u2066\u200F\uD800z", 9))
        .isEqualTo("a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDz");
    assertThat(Text.line("שלום עולם", 20)).as("writing from the right").isEqualTo("שלום עולם");
    assertThat(Text.line(" \n ", 5)).isEmpty();
  }

  @Test
  void markdownHasNoMarkupLeft() {
    assertThat(Text.markdown("a|b `c` <d> *e* _f_ [g](h) \\ & ~~i~~ $j$"))
        .isEqualTo(
            "a\\|b \\`c\\` &lt;d&gt; \\*e\\* \\_f\\_ \\[g\\](h) \\\\ &amp; \\~\\~i\\~\\~ \\$j\\$");
    assertThat(Text.markdown("a\nb\u0000")).isEqualTo("a b\uFFFD");
  }

  @Test
  void sharesNeverRoundToNothingOrAll() {
    assertThat(Table.Share.of(1, 100_000)).hasToString("< 0.1 %");
    assertThat(Table.Share.of(99_999, 100_000)).hasToString("> 99.9 %");
    assertThat(Table.Share.of(0, 5)).hasToString("0.0 %");
    assertThat(Table.Share.of(5, 5)).hasToString("100.0 %");
    assertThat(Table.Share.of(0, 0)).as("of nothing").hasToString("");
  }
}
