package org.sparkgpt.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TextStreamTest {

  @Test
  void characterIsShownOnceItIsComplete() {
    TextStream stream = new TextStream(List.of());
    assertThat(stream.accept(bytes(0x61, 0xE2))).isEqualTo("a");
    assertThat(stream.accept(bytes(0x82))).isEmpty();
    assertThat(stream.accept(bytes(0xAC, 0xF0, 0x9F))).isEqualTo("\u20AC");
    assertThat(stream.accept(bytes(0x98, 0x80))).isEqualTo("\uD83D\uDE00");
    assertThat(stream.finish()).isEmpty();
  }

  @Test
  void bytesThatAreNoUtf8BecomeReplacementCharacters() {
    TextStream stream = new TextStream(List.of());
    assertThat(stream.accept(bytes(0x61, 0xFF, 0x62))).isEqualTo("a\uFFFDb");
    assertThat(stream.accept(bytes(0xE2, 0x82))).isEmpty();
    assertThat(stream.accept(bytes(0x63))).isEqualTo("\uFFFDc");
    assertThat(stream.accept(bytes(0xC3))).isEmpty();
    assertThat(stream.finish()).isEqualTo("\uFFFD");
  }

  @Test
  void stopTextAcrossTokensEndsTheStream() {
    TextStream stream = new TextStream(List.of("\nUser:"));
    assertThat(stream.accept(utf8("Hello\nUs"))).isEqualTo("Hello");
    assertThat(stream.accept(utf8("e"))).isEmpty();
    assertThat(stream.isStopped()).isFalse();
    assertThat(stream.accept(utf8("r: and more"))).isEmpty();
    assertThat(stream.isStopped()).isTrue();
    assertThat(stream.accept(utf8("later"))).isEmpty();
    assertThat(stream.finish()).isEmpty();
  }

  @Test
  void textThatOnlyBeganLikeAStopTextIsShownAfterAll() {
    TextStream stream = new TextStream(List.of("aab", "END"));
    assertThat(stream.accept(utf8("aa"))).isEmpty();
    assertThat(stream.accept(utf8("a"))).isEqualTo("a"); // "aa" may still become "aab"
    assertThat(stream.accept(utf8("c E"))).isEqualTo("aac ");
    assertThat(stream.accept(utf8("N"))).isEmpty();
    assertThat(stream.finish()).isEqualTo("EN");
  }

  @Test
  void longestOfTheStopTextsThatEndTogetherIsCutOff() {
    TextStream stream = new TextStream(List.of("b", "ab", "abc"));
    assertThat(stream.accept(utf8("xabc"))).isEqualTo("x");
    assertThat(stream.isStopped()).isTrue();
  }

  @Test
  void textDoesNotDependOnHowItsBytesAreCut() {
    SplittableRandom random = new SplittableRandom(5);
    List<String> stops = List.of("\u00E9\u20ACa", "aba", "\uD83D\uDE00\uD83D\uDE01", "bb\uFFFD");
    byte[][] alphabet = {
      utf8("a"), utf8("b"), utf8("\u00E9"), utf8("\u20AC"), utf8("\uD83D\uDE00"), bytes(0xE2, 0x82)
    };
    int stopped = 0;
    for (int round = 0; round < 2_000; round++) {
      byte[] text = new byte[0];
      for (int i = random.nextInt(12); i >= 0; i--) {
        byte[] next = alphabet[random.nextInt(alphabet.length)];
        text = Arrays.copyOf(text, text.length + next.length);
        System.arraycopy(next, 0, text, text.length - next.length, next.length);
      }
      String expected = upToFirstStop(new String(text, StandardCharsets.UTF_8), stops);
      stopped += expected.length() < new String(text, StandardCharsets.UTF_8).length() ? 1 : 0;
      assertThat(streamed(text, stops, random)).isEqualTo(expected);
    }
    assertThat(stopped).as("rounds that met a stop text").isBetween(100, 1_900);
  }

  @Test
  void emptyStopTextIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TextStream(List.of("a", "")))
        .withMessage("a stop text must not be empty");
  }

  private static String streamed(byte[] text, List<String> stops, SplittableRandom random) {
    TextStream stream = new TextStream(stops);
    StringBuilder shown = new StringBuilder();
    for (int from = 0; from < text.length; ) {
      int to = Math.min(text.length, from + random.nextInt(4));
      shown.append(stream.accept(Arrays.copyOfRange(text, from, to)));
      from = to;
    }
    return shown.append(stream.finish()).toString();
  }

  /** Up to the stop text that ends first, the longest of those. */
  private static String upToFirstStop(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String read = text.substring(0, end);
      int longest = stops.stream().filter(read::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return read.substring(0, end - longest);
      }
    }
    return text;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
