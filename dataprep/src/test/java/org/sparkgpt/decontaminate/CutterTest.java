package org.sparkgpt.decontaminate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Verdict;

class CutterTest {
  private static final String PHRASE = Texts.words("q", 13); // 13 words of 3 letters: 51 characters
  private static final NGramIndex INDEX = Texts.index(13, Texts.set("wiki", PHRASE));

  private static Cut cut(String text) {
    return new Cutter(INDEX, Texts.GPT3).cut(text);
  }

  private static Span wiki(int start, int end) {
    return new Span(start, end, "wiki");
  }

  private static Span rest(int start, int end) {
    return new Span(start, end, null);
  }

  @Test
  void theWindowIsTwoHundredCharactersOnEachSide() {
    String before = "L" + Texts.dots(199);
    String behind = Texts.dots(199) + "R";
    Cut cut = cut(before + Texts.dots(200) + PHRASE + Texts.dots(200) + behind);
    assertThat(cut.verdict()).isNull();
    assertThat(cut.removed()).containsExactly(wiki(200, 651));
    assertThat(cut.text()).isEqualTo(before + "\n\n" + behind);
  }

  @Test
  void aPieceOfTwoHundredCharactersStaysAndOneOfLessGoes() {
    String behind = "." + "x".repeat(300); // a separator keeps the phrase's last word whole
    String window = Texts.dots(200);
    Cut stays = cut(Texts.dots(200) + window + PHRASE + window + behind);
    assertThat(stays.text()).isEqualTo(Texts.dots(200) + "\n\n" + behind);
    Cut goes = cut(Texts.dots(199) + window + PHRASE + window + behind);
    assertThat(goes.text()).isEqualTo(behind);
    assertThat(goes.removed()).containsExactly(rest(0, 199), wiki(199, 650));
    Cut blank = cut(" ".repeat(500) + window + PHRASE + window + behind);
    assertThat(blank.removed()).containsExactly(rest(0, 500), wiki(500, 951));
  }

  @Test
  void windowsThatTouchAreOneCutAndOneCharacterBetweenIsAPiece() {
    String end = Texts.dots(500);
    Cut touching = cut(end + PHRASE + Texts.dots(400) + PHRASE + end);
    assertThat(touching.removed()).containsExactly(wiki(300, 500 + 51 + 400 + 51 + 200));
    Cut apart = cut(end + PHRASE + Texts.dots(401) + PHRASE + end);
    assertThat(apart.removed()).containsExactly(wiki(300, 751), rest(751, 752), wiki(752, 1203));
    assertThat(apart.text()).isEqualTo(Texts.dots(300) + "\n\n" + Texts.dots(300));
  }

  @Test
  void tenPiecesStayAndElevenGo() {
    String gap = Texts.dots(600); // 200 of it are left
    String nine = gap + (PHRASE + gap).repeat(9);
    Cut kept = cut(nine);
    assertThat(kept.verdict()).isNull();
    assertThat(kept.text().split("\n\n")).hasSize(10);
    String ten = gap + (PHRASE + gap).repeat(10);
    Cut dropped = cut(ten);
    assertThat(dropped.verdict()).isEqualTo(new Verdict("decontaminate/too-many-pieces", 11, 10));
    assertThat(dropped.text()).isEqualTo(ten);
    assertThat(covered(dropped)).isEqualTo(ten.length());
    String flush = PHRASE + gap + (PHRASE + gap).repeat(9); // nothing is left before the first
    assertThat(cut(flush).verdict()).isNull();
    String shortOnes = Texts.dots(401) + (PHRASE + Texts.dots(401)).repeat(10) + gap;
    assertThat(cut(shortOnes).verdict()).as("short pieces count").isNotNull();
  }

  @Test
  void aLongQuotationIsOneCut() {
    NGramIndex index = Texts.index(13, Texts.set("wiki", Texts.words("l", 500)));
    String end = Texts.dots(400);
    Cut cut = new Cutter(index, Texts.GPT3).cut(end + Texts.words("l", 500) + end);
    assertThat(cut.removed()).containsExactly(wiki(200, 400 + 1999 + 200));
    assertThat(cut.text()).isEqualTo(Texts.dots(200) + "\n\n" + Texts.dots(200));
  }

  @Test
  void ofAQuotedDocumentNothingIsLeft() {
    assertThat(cut(PHRASE).verdict()).isEqualTo(new Verdict("decontaminate/nothing-left", 0, 200));
    assertThat(cut(PHRASE).removed()).containsExactly(wiki(0, 51));
    Cut some = cut(PHRASE + Texts.dots(399));
    assertThat(some.verdict()).isEqualTo(new Verdict("decontaminate/nothing-left", 199, 200));
    assertThat(some.removed()).containsExactly(wiki(0, 251), rest(251, 450));
    assertThat(cut(PHRASE + Texts.dots(400)).verdict()).isNull();
  }

  @Test
  void withoutAMatchTextsStayAsTheyAre() {
    for (String text : List.of("", "word", " \n", Texts.words("q", 12), Texts.words("z", 100))) {
      assertThat(cut(text)).isEqualTo(new Cut(text, List.of(), null));
    }
  }

  @Test
  void charactersAreCodePointsAndOffsetsUtf16Units() {
    String before = "😀".repeat(250);
    String behind = "𝒳".repeat(410);
    Cut cut = cut(before + PHRASE + "😀" + behind);
    // 50 code points are left before the window of 200, 211 behind it; each is two units
    assertThat(cut.removed()).containsExactly(rest(0, 100), wiki(100, 500 + 51 + 400));
    assertThat(cut.text()).isEqualTo("𝒳".repeat(211));
  }

  @Test
  void twoSetsCutWhatEachHas() {
    NGramIndex index =
        Texts.index(13, Texts.set("a", PHRASE), Texts.set("b", Texts.words("r", 13), PHRASE));
    String end = Texts.dots(500);
    Cut cut =
        new Cutter(index, Texts.GPT3)
            .cut(end + PHRASE + Texts.dots(300) + Texts.words("r", 13) + end);
    assertThat(cut.removed())
        .containsExactly(new Span(300, 751, "a"), new Span(300, 500 + 51 + 300 + 51 + 200, "b"));
    assertThat(cut.text()).isEqualTo(Texts.dots(300) + "\n\n" + Texts.dots(300));
  }

  /** Offsets are those of the text with its punctuation, however much of it there is. */
  @Test
  void whatIsLeftIsExactlyWhatIsOutsideOfTheSpans() {
    SplittableRandom random = new SplittableRandom(5);
    String[] noise = {" ", ", ", "...", "—", "\n", "“", "😀", "é", "e\u0301 ", "1", "ω", "我", "' "};
    int cuts = 0;
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 40 + 20 * (round % 40); i++) {
        text.append(noise[random.nextInt(noise.length)]);
        if (random.nextInt(120) == 0) {
          text.append(" ").append(loud(PHRASE, random)).append(" ");
        }
      }
      Cut cut = cut(text.toString());
      cuts += cut.removed().isEmpty() ? 0 : 1;
      assertThat(cut.removed().isEmpty()).isEqualTo(!words(text.toString()).contains(PHRASE));
      if (cut.verdict() == null) {
        assertThat(cut.text()).isEqualTo(outside(text.toString(), cut.removed()));
        assertThat(words(cut.text())).doesNotContain(PHRASE);
      } else {
        assertThat(covered(cut)).isEqualTo(text.length());
      }
      for (Span span : cut.removed()) {
        assertThat(splitsPair(text, span.start()) || splitsPair(text, span.end())).isFalse();
      }
    }
    assertThat(cuts).isBetween(100, 290);
  }

  @Test
  void everythingIsLinear() {
    String word = "word ".repeat(10_000_000); // 50 MB in one line
    assertThat(cut(word).removed()).isEmpty();
    NGramIndex same = Texts.index(13, Texts.set("wiki", "word ".repeat(14)));
    Cut all = new Cutter(same, Texts.GPT3).cut(word);
    assertThat(all.removed()).containsExactly(wiki(0, word.length()));
    assertThat(all.verdict()).isEqualTo(new Verdict("decontaminate/nothing-left", 0, 200));
    String many = (PHRASE + Texts.dots(401)).repeat(100_000);
    assertThat(cut(many).verdict())
        .isEqualTo(new Verdict("decontaminate/too-many-pieces", 100_000, 10));
    assertThat(cut("x".repeat(5_000_000)).removed()).isEmpty();
  }

  @Test
  void scriptsWithoutBlanksAndFromRightToLeftAreCut() {
    String chinese = "人生而自由在尊严和权利上一律平等";
    String arabic =
        "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق وقد وهبوا عقلا وضميرا وعليهم أن";
    NGramIndex index = Texts.index(13, Texts.set("wiki", chinese, arabic));
    Cutter cutter = new Cutter(index, Texts.GPT3);
    String end = Texts.dots(400);
    int length = chinese.length();
    assertThat(cutter.cut(end + chinese + end).removed()).containsExactly(wiki(200, 600 + length));
    assertThat(cutter.cut(end + arabic + end).removed()).hasSize(1);
    assertThat(cutter.cut(end + chinese.substring(0, 12) + end).removed()).isEmpty();
  }

  private static String loud(String phrase, SplittableRandom random) {
    String[] between = {" ", ", ", " — ", "\n", "’", "-", " (", "😀"};
    StringBuilder loud = new StringBuilder();
    for (String word : phrase.split(" ")) {
      loud.append(between[random.nextInt(between.length)]);
      loud.append(random.nextBoolean() ? word : word.toUpperCase());
    }
    return loud.toString();
  }

  /** The words by another way: what a reader of the definition would write. */
  private static String words(String text) {
    return String.join(
        " ",
        Arrays.stream(text.toLowerCase().replace("\u0301", "").split("[^\\p{L}\\p{N}]+"))
            .filter(w -> !w.isEmpty())
            .toList());
  }

  private static String outside(String text, List<Span> spans) {
    List<String> pieces = new ArrayList<>();
    int from = 0;
    for (Span span : spans) {
      if (span.start() > from) {
        pieces.add(text.substring(from, span.start()));
      }
      from = span.end();
    }
    if (from < text.length()) {
      pieces.add(text.substring(from));
    }
    return String.join("\n\n", pieces);
  }

  private static int covered(Cut cut) {
    int from = 0;
    for (Span span : cut.removed()) {
      assertThat(span.start()).isEqualTo(from);
      from = span.end();
    }
    return from;
  }

  private static boolean splitsPair(CharSequence text, int at) {
    return at > 0
        && at < text.length()
        && Character.isHighSurrogate(text.charAt(at - 1))
        && Character.isLowSurrogate(text.charAt(at));
  }
}
