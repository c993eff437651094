package org.sparkgpt.clean;

import java.util.List;
import java.util.Map;
import org.sparkgpt.clean.Cleaned.Share;

/**
 * The languages of a text.
 *
 * @param main the ISO 639-3 code of the language that most of it is in
 * @param confidences the detector's probability of each language, 0 to 1
 * @param shares of the text's UTF-16 units in each language, the largest first, 1 in all
 * @param paragraphs the text in parts, each in one language; a single one if the text is
 */
record DocumentLanguages(
    String main, Map<String, Double> confidences, List<Share> shares, List<Paragraph> paragraphs) {
  /**
   * @param end where it ends in the text, the white space before the next one not included
   */
  record Paragraph(int start, int end, String language) {}

  double confidence() {
    return confidenceOf(main);
  }

  double confidenceOf(String language) {
    return confidences.get(language);
  }

  static DocumentLanguages one(String language, double confidence, int length) {
    return new DocumentLanguages(
        language,
        Map.of(language, confidence),
        List.of(new Share(language, 1)),
        List.of(new Paragraph(0, length, language)));
  }
}
