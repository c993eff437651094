package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import opennlp.tools.langdetect.Language;
import org.junit.jupiter.api.Test;

class LanguageDetectionTest {
  /** The first article of the Universal Declaration of Human Rights, and a little of the second. */
  static final Map<String, String> ARTICLES =
      Map.of(
          "eng",
          "All human beings are born free and equal in dignity and rights. They are endowed with"
              + " reason and conscience and should act towards one another in a spirit of"
              + " brotherhood. Everyone is entitled to all the rights and freedoms set forth in"
              + " this Declaration, without distinction of any kind, such as race, colour, sex.",
          "deu",
          "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft"
              + " und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen."
              + " Jeder hat Anspruch auf die in dieser Erklärung verkündeten Rechte und"
              + " Freiheiten ohne irgendeinen Unterschied.",
          "fra",
          "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués"
              + " de raison et de conscience et doivent agir les uns envers les autres dans un"
              + " esprit de fraternité. Chacun peut se prévaloir de tous les droits et de toutes"
              + " les libertés proclamés dans la présente Déclaration.",
          "rus",
          "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены"
              + " разумом и совестью и должны поступать в отношении друг друга в духе братства."
              + " Каждый человек должен обладать всеми правами и всеми свободами.",
          "ell",
          "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα."
              + " Είναι προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται"
              + " μεταξύ τους με πνεύμα αδελφοσύνης.");

  private final LanguageDetection detection = new LanguageDetection();

  @Test
  void languagesAreTold() {
    ARTICLES.forEach(
        (language, article) -> {
          Language detected = detection.detect(article);
          assertThat(detected.getLang()).isEqualTo(language);
          assertThat(detected.getConfidence()).as(language).isGreaterThan(0.2);
        });
  }

  @Test
  void textsWithoutLettersGetSomeLanguageWithLittleConfidence() {
    for (String text : new String[] {"!", "42", "\uD83D\uDE00", "\uD83D\uDE00".repeat(1000)}) {
      assertThat(detection.detect(text).getConfidence()).as(text).isLessThan(0.2);
    }
  }

  @Test
  void randomLettersAreNoLanguage() {
    StringBuilder text = new StringBuilder();
    SplittableRandom random = new SplittableRandom(1);
    while (text.length() < 600) {
      text.append(random.nextInt(6) == 0 ? ' ' : (char) ('a' + random.nextInt(26)));
    }
    assertThat(detection.detect(text.toString()).getConfidence()).isLessThan(0.2);
  }
}
