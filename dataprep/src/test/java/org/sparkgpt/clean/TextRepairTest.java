package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkgpt.clean.CleanParagraphs.Paragraph;

class TextRepairTest {
  private static final List<Paragraph> CLEAN = CleanParagraphs.all();

  @Test
  void textInOrderIsLeftAsItIs() {
    assertThat(CLEAN).hasSizeGreaterThanOrEqualTo(10_000);
    assertThat(CLEAN.stream().map(Paragraph::language).distinct()).hasSizeGreaterThanOrEqualTo(20);
    for (Paragraph paragraph : CLEAN) {
      TextRepair.Repaired repaired = TextRepair.repair(paragraph.text());
      assertThat(repaired.text()).isSameAs(paragraph.text());
      assertThat(repaired.fixes()).isEmpty();
    }
    String all = CLEAN.stream().map(Paragraph::text).collect(Collectors.joining("\n"));
    assertThat(TextRepair.repair(all).text()).isEqualTo(all);
  }

  @Test
  void wordsThatLookLikeDamageAreLeftAsTheyAre() {
    for (String text :
        new String[] {
          "ein Spaß” sagte er", "« L’été, c’est… »", "3 Å² und 5 Å³", "IRMÃ» E MAÇÃ…", "CAFÉ»",
              "Nestlé®",
          "„Ärger“, ‚Ähre‘", "l·l", "├── src\n│   └── main", "√π ≤ ∑", "СССР» и «Ёлка…»",
              "µm, 20 °C",
          "one—two ‘three’", "not such a fan of Charlotte Brontë…”", "AHÅ™, the new sofa from IKEA®"
        }) {
      assertThat(TextRepair.repair(text).text()).isEqualTo(text);
    }
  }

  /** Shares of paragraphs that come back: what was measured, less a little. */
  @ParameterizedTest
  @CsvSource({
    "WINDOWS_1252, .999, .999",
    "WINDOWS_1250, .995, .985",
    "WINDOWS_1251, .99, .985",
    "ISO_8859_2, .965, .95",
    "WINDOWS_1254, .999, .999",
    "WINDOWS_1257, .99, .95",
    "WINDOWS_1253, .998, .998",
    "MAC_ROMAN, .99, .98",
    "CP437, .995, .995"
  })
  void misreadTextComesBack(Misreading reading, double once, double twice) {
    assertThat(shareThatComesBack(reading, 1)).isGreaterThanOrEqualTo(once);
    assertThat(shareThatComesBack(reading, 2)).isGreaterThanOrEqualTo(twice);
  }

  private static double shareThatComesBack(Misreading reading, int times) {
    int all = 0;
    int same = 0;
    for (Paragraph paragraph : CLEAN) {
      String damaged = paragraph.text();
      for (int i = 0; i < times; i++) {
        damaged = misread(damaged, reading);
      }
      if (!damaged.equals(paragraph.text())) {
        all++;
        same += TextRepair.repair(damaged).text().equals(paragraph.text()) ? 1 : 0;
      }
    }
    return (double) same / all;
  }

  private static String misread(String text, Misreading reading) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      out.append(b >= 0 ? (char) b : reading.characterOf(b & 0xff));
    }
    return out.toString();
  }

  @Test
  void latin1IsRepairedLikeWindows1252() {
    String text = "Das „Café“ – schön, 日本語, привет 😀";
    String latin1 = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertRepaired(latin1, text, "mojibake: UTF-8 read as windows-1252");
  }

  @Test
  void aLineOrAWordIsRepairedWithoutTheRest() {
    String damaged = "schÃ¶n, aber schön\nCafé\nCAFÉ»\nvoilÃ  lâ€™Ã©tÃ©";
    assertRepaired(
        damaged,
        "schön, aber schön\nCafé\nCAFÉ»\nvoilà l’été",
        "mojibake: UTF-8 read as windows-1252");
  }

  @Test
  void lostBytesAreFilledWhereOnlyOneIsMeant() {
    assertRepaired(
        "â€œquotedâ€\ufffd said", "“quoted” said", "mojibake: UTF-8 read as windows-1252");
  }

  @Test
  void halvesOfPairsThatWereEncodedOneByOneBecomeOne() {
    assertRepaired("Ã©, í\u00a0½í¸€", "é, 😀", "mojibake: UTF-8 read as windows-1252");
  }

  @Test
  void otherDamage() {
    assertRepaired("caf&eacute; &amp;lt;b&amp;gt; &#8211; &#146;", "café <b> – ’", "html-entities");
    assertRepaired("a <b> &eacute;", "a <b> &eacute;");
    assertRepaired("AT&T &nosuch; &#0; &copy", "AT&T &nosuch; &#0; &copy");
    assertRepaired("\u001b[36;44mblue\u001b[0m\u0007\ufeff.", "blue.", "control-characters");
    assertRepaired("it\u0092s\u0085\nso", "it’s…\nso", "c1-controls");
    assertRepaired("one\u0085two", "one\u0085two");
    assertRepaired("ﬁnd the ﬂow", "find the flow", "ligatures");
    assertRepaired("ＬＯＵＤ　ＮＯＩＳＥＳ！", "LOUD NOISES!", "character-width");
    assertRepaired("第１条　ＡＢＣ，全角。", "第１条　ＡＢＣ，全角。");
    assertRepaired("ﾊﾟｿｺﾝ", "パソコン", "character-width");
  }

  private static void assertRepaired(String damaged, String text, String... fixes) {
    TextRepair.Repaired repaired = TextRepair.repair(damaged);
    assertThat(repaired.text()).isEqualTo(text);
    assertThat(repaired.fixes()).containsExactly(fixes);
  }

  @Test
  void repairingTwiceChangesNothing() {
    String alphabet = "ÃÂâ€™œ©¢ é&amp;lt;#38;\u0000\u001b[0m\u0085\u0092ﬁ<п–√Ð¸\n\ufffdëÄ…￮Ｚ１界";
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 30_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(14); i >= 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String once = TextRepair.repair(text.toString()).text();
      assertThat(TextRepair.repair(once).text()).as(text.toString()).isEqualTo(once);
    }
  }
}
