package org.sparkgpt.clean;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.sparkgpt.clean.CleanParagraphs.Paragraph;
import org.sparkgpt.clean.Cleaned.Share;

class LanguageMixTest {
  /** Those of Europarl: 182 to 350 paragraphs of 80 to 420 characters each, besides the UDHR's. */
  private static final Set<String> EUROPEAN =
      Set.of(
          "eng", "deu", "fra", "spa", "por", "ita", "nld", "swe", "dan", "fin", "est", "lav", "lit",
          "pol", "ces", "slk", "slv", "hun", "ron", "bul", "ell");

  private static final Map<String, List<String>> PARAGRAPHS =
      CleanParagraphs.all().stream()
          .filter(paragraph -> paragraph.text().getBytes(UTF_8).length >= 120)
          .collect(
              Collectors.groupingBy(
                  Paragraph::language, Collectors.mapping(Paragraph::text, Collectors.toList())));

  private final LanguageMix mix = new LanguageMix(600);

  private static String paragraphs(String language, int from, int to) {
    return String.join("\n\n", PARAGRAPHS.get(language).subList(from, to));
  }

  @Test
  void paragraphsAreToldByLanguage() {
    LanguageDetection detection = new LanguageDetection();
    Map<String, Integer> right = new HashMap<>();
    int all = 0;
    for (String language : EUROPEAN) {
      List<String> texts = PARAGRAPHS.get(language);
      for (String text : texts.subList(0, Math.min(40, texts.size()))) {
        all++;
        String detected = detection.detect(text).getLang();
        right.merge(same(detected), same(detected).equals(same(language)) ? 1 : 0, Integer::sum);
      }
    }
    double share = right.values().stream().mapToInt(n -> n).sum() / (double) all;
    assertThat(share).as("of %s paragraphs, by language %s", all, right).isGreaterThan(0.95);
  }

  /** The detector calls some languages by the code of one of their standards. */
  private static String same(String language) {
    return switch (language) {
      case "ekk" -> "est";
      case "lvs" -> "lav";
      case "zho" -> "cmn";
      case "fas" -> "pes";
      default -> language;
    };
  }

  @Test
  void documentsInOneLanguageAreOne() {
    List<String> seen = new ArrayList<>();
    for (String language : EUROPEAN) {
      for (int from = 0; from + 12 <= 48; from += 12) {
        String text = paragraphs(language, from, from + 12);
        DocumentLanguages languages = mix.of(text);
        boolean one = languages.shares().size() == 1 && same(languages.main()).equals(language);
        if (!one) {
          seen.add(language + from + languages.shares());
        }
        assertThat(languages.confidence()).isGreaterThan(0.2);
      }
    }
    assertThat(seen).as("of 84 documents").hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void mixedDocumentsAreToldByParagraph() {
    assertMix("eng", "deu");
    assertMix("eng", "jpn");
    assertMix("rus", "ukr");
    assertMix("dan", "eng");
    assertMix("fra", "ell");
    assertMix("kor", "eng");
  }

  private void assertMix(String first, String second) {
    String a = paragraphs(first, 0, 8);
    String b = paragraphs(second, 8, 14);
    DocumentLanguages languages = mix.of(a + "\n\n" + b);
    double expected = (double) a.length() / (a.length() + b.length());
    assertThat(languages.shares()).extracting(Share::language).contains(first, second);
    double share =
        languages.shares().stream()
            .filter(s -> s.language().equals(first))
            .mapToDouble(Share::share)
            .sum();
    assertThat(share)
        .as("%s %s %s", first, second, languages.shares())
        .isCloseTo(expected, within(0.1));
    assertThat(languages.shares().stream().mapToDouble(Share::share).sum())
        .isCloseTo(1, within(1e-9));
  }

  @Test
  void theBeginningIsNotAllOfIt() {
    String text = paragraphs("eng", 0, 2) + "\n\n" + paragraphs("deu", 0, 20);
    assertThat(mix.of(text).main()).isEqualTo("deu");
  }

  @Test
  void shortParagraphsGoWithTheirNeighbours() {
    List<String> parts = new ArrayList<>();
    for (String paragraph : PARAGRAPHS.get("deu").subList(0, 6)) {
      parts.add("Note 1");
      parts.add(paragraph);
    }
    parts.addAll(PARAGRAPHS.get("ell").subList(0, 6));
    DocumentLanguages languages = mix.of(String.join("\n\n", parts));
    assertThat(languages.paragraphs().subList(0, 12))
        .extracting(DocumentLanguages.Paragraph::language)
        .containsOnly("deu");
  }

  @Test
  void foreignParagraphsAreDroppedIfAsked() {
    String english = paragraphs("eng", 0, 8);
    String text = paragraphs("deu", 0, 4) + "\n\n" + english;
    CleanConfig keep = CleanConfigs.of(List.of("eng"), List.of());
    CleanConfig drop =
        new CleanConfig(
            true,
            List.of("eng"),
            0.2,
            600,
            ForeignParagraphs.DROP,
            List.of(),
            keep.thresholds(),
            keep.blocklists());
    assertThat(Cleaning.clean(text, keep).text()).isEqualTo(text);
    Cleaned cleaned = Cleaning.clean(text, drop);
    assertThat(cleaned.text()).isEqualTo(english);
    assertThat(cleaned.language()).isEqualTo("eng");
    assertThat(cleaned.removedParagraphs()).isEqualTo(4);
    assertThat(cleaned.shares()).hasSize(2);
    assertThat(Cleaning.checks(cleaned, null, drop, Blocklists.NONE))
        .extracting(RuleSet.Check::verdict)
        .containsOnly(Optional.empty());
    // A document without any wanted paragraph is judged as it is.
    String german = paragraphs("deu", 0, 12);
    assertThat(Cleaning.clean(german, drop).text()).isEqualTo(german);
    assertThat(Cleaning.checks(Cleaning.clean(german, drop), null, drop, Blocklists.NONE))
        .filteredOn(check -> check.verdict().isPresent())
        .extracting(RuleSet.Check::rule)
        .containsExactly("language");
  }
}
