package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WordSplitterTest {
  private static final Pattern GPT2 =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private static List<String> split(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    List<String> words = new ArrayList<>();
    for (int start = 0; start < utf8.length; ) {
      int end = WordSplitter.wordEnd(utf8, start, utf8.length);
      words.add(new String(utf8, start, end - start, StandardCharsets.UTF_8));
      start = end;
    }
    return words;
  }

  private static List<String> splitByRegex(String text) {
    List<String> words = new ArrayList<>();
    for (Matcher matcher = GPT2.matcher(text); matcher.find(); ) {
      words.add(matcher.group());
    }
    return words;
  }

  @Test
  void splitsAsOneWouldByHand() {
    assertThat(split("Hello, it's 1984!\n\n  don't"))
        .containsExactly("Hello", ",", " it", "'s", " 1984", "!", "\n\n ", " don", "'t");
    assertThat(split("a  \n")).containsExactly("a", "  \n");
    assertThat(split("a\tb")).containsExactly("a", "\t", "b");
    assertThat(split("\u00A0\u00A0x")).containsExactly("\u00A0", "\u00A0", "x");
    assertThat(split("")).isEmpty();
  }

  @Test
  void splitsEveryCodePointAsTheRegexDoes() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      String text = "a" + Character.toString(c) + "1";
      assertThat(split(text)).as("U+%04X", c).hasSameSizeAs(splitByRegex(text));
    }
  }

  @Test
  void splitsRandomTextsAsTheRegexDoes() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 50_000; i++) {
      String text = Texts.random(random, 12);
      assertThat(split(text)).as(text).isEqualTo(splitByRegex(text));
    }
    assertThat(split(Texts.sample())).isEqualTo(splitByRegex(Texts.sample()));
  }
}
