package org.sparkgpt.clean;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import opennlp.tools.langdetect.Language;
import org.sparkgpt.clean.Cleaned.Share;
import org.sparkgpt.clean.DocumentLanguages.Paragraph;

/**
 * Tells the languages of a text. Three stretches of it, from beginning, middle and end, are read
 * one by one, and their probabilities multiplied: what a page begins with is seldom all of it. Only
 * where one of them is in another script, or {@value #DISAGREEMENT} times more probable in another
 * language than in that of the whole, each paragraph is looked at: the series of languages is
 * chosen that is most probable when changes are rare (Viterbi), so that short paragraphs and those
 * between two languages go with their neighbours. A change that no stretch hits is not seen.
 */
final class LanguageMix {
  private static final int STRETCHES = 3;
  private static final double DISAGREEMENT = 20;

  /** Paragraphs with fewer letters say nothing of their own; most Gopher rules know no shorter. */
  private static final int FEWEST_LETTERS = 60;

  /** The detector reads no more of a paragraph: enough for .97 at European languages. */
  private static final int PARAGRAPH_CHARACTERS = 300;

  /** Logarithms of probabilities: of a change of language, and the least that one text can say. */
  private static final double CHANGE = Math.log(0.05);

  private static final double LEAST = Math.log(1e-6);

  private final LanguageDetection detection = new LanguageDetection();
  private final int maxCharacters;

  /**
   * @param maxCharacters that the detector reads, unless languages mix
   */
  LanguageMix(int maxCharacters) {
    this.maxCharacters = maxCharacters;
  }

  /** Of a text that is not empty. */
  DocumentLanguages of(String text) {
    List<String> stretches = stretches(text);
    List<Map<String, Double>> each = new ArrayList<>();
    stretches.forEach(stretch -> each.add(logarithms(stretch)));
    String main = best(each);
    boolean mixed = text.indexOf('\n') >= 0 && disagree(stretches, each, main);
    if (!mixed) {
      return DocumentLanguages.one(main, probability(main, each), text.length());
    }
    return ofParagraphs(text);
  }

  private List<String> stretches(String text) {
    int length = Math.max(1, maxCharacters / STRETCHES);
    List<String> stretches = new ArrayList<>();
    if (text.length() <= maxCharacters) {
      int half = text.indexOf('\n', text.length() / 3);
      boolean parts = half > 0 && half < text.length() - text.length() / 4;
      return parts && text.length() > length
          ? List.of(text.substring(0, half), text.substring(half))
          : List.of(text);
    }
    for (int i = 0; i < STRETCHES; i++) {
      int from = (int) ((long) (text.length() - length) * i / (STRETCHES - 1));
      stretches.add(whole(text, from, from + length));
    }
    return stretches;
  }

  /** Without halves of surrogate pairs at its ends. */
  private static String whole(String text, int from, int to) {
    int start = Character.isLowSurrogate(text.charAt(from)) ? from + 1 : from;
    int end = Character.isHighSurrogate(text.charAt(to - 1)) ? to - 1 : to;
    return text.substring(Math.min(start, end), end);
  }

  private Map<String, Double> logarithms(String text) {
    Map<String, Double> logarithms = new HashMap<>();
    for (Language language : detection.probabilities(text)) {
      logarithms.put(language.getLang(), Math.max(LEAST, Math.log(language.getConfidence())));
    }
    return logarithms;
  }

  /** The language with the largest product of probabilities; of equals the first by its code. */
  private static String best(List<Map<String, Double>> each) {
    String best = null;
    double most = Double.NEGATIVE_INFINITY;
    for (String language : new TreeMap<>(each.get(0)).keySet()) {
      double sum = sum(language, each);
      if (sum > most) {
        best = language;
        most = sum;
      }
    }
    return best;
  }

  private static double sum(String language, List<Map<String, Double>> each) {
    return each.stream().mapToDouble(logarithms -> logarithms.get(language)).sum();
  }

  private static double probability(String language, List<Map<String, Double>> each) {
    double all = 0;
    for (String other : new TreeMap<>(each.get(0)).keySet()) {
      all += Math.exp(sum(other, each));
    }
    return Math.exp(sum(language, each)) / all;
  }

  private static boolean disagree(
      List<String> stretches, List<Map<String, Double>> each, String main) {
    Character.UnicodeScript script = null;
    for (int i = 0; i < stretches.size(); i++) {
      Map<String, Double> logarithms = each.get(i);
      double own = logarithms.get(best(List.of(logarithms)));
      if (own - logarithms.get(main) > Math.log(DISAGREEMENT)) {
        return true;
      }
      Character.UnicodeScript here = scriptOf(stretches.get(i));
      if (script != null && here != null && script != here) {
        return true;
      }
      script = here == null ? script : here;
    }
    return false;
  }

  /** That of most letters; the scripts of Japanese count as one. Null if there are no letters. */
  private static Character.UnicodeScript scriptOf(String text) {
    Map<Character.UnicodeScript, Integer> counts = new TreeMap<>();
    text.codePoints()
        .filter(Character::isLetter)
        .mapToObj(Character.UnicodeScript::of)
        .map(
            script ->
                switch (script) {
                  case HIRAGANA, KATAKANA -> Character.UnicodeScript.HAN;
                  default -> script;
                })
        .forEach(script -> counts.merge(script, 1, Integer::sum));
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  private DocumentLanguages ofParagraphs(String text) {
    List<int[]> spans = spans(text);
    List<Map<String, Double>> evidence = new ArrayList<>(); // null where a paragraph is too short
    TreeMap<String, Double> candidates = new TreeMap<>();
    for (int[] span : spans) {
      String paragraph = text.substring(span[0], span[1]);
      boolean tells = paragraph.codePoints().map(LanguageMix::letters).sum() >= FEWEST_LETTERS;
      Map<String, Double> logarithms = null;
      if (tells) {
        int end = Math.min(paragraph.length(), PARAGRAPH_CHARACTERS);
        logarithms = logarithms(whole(paragraph, 0, end));
        candidates.put(best(List.of(logarithms)), 0.0);
      }
      evidence.add(logarithms);
    }
    if (candidates.isEmpty()) {
      String main = best(List.of(logarithms(head(text))));
      return DocumentLanguages.one(
          main, detection.detect(head(text)).getConfidence(), text.length());
    }
    List<String> languages = series(evidence, new ArrayList<>(candidates.keySet()));
    List<Paragraph> paragraphs = new ArrayList<>();
    for (int i = 0; i < spans.size(); i++) {
      paragraphs.add(new Paragraph(spans.get(i)[0], spans.get(i)[1], languages.get(i)));
    }
    return summary(text, paragraphs);
  }

  /** Of an alphabet's letters, as many as the character says as much as. */
  private static int letters(int point) {
    return !Character.isLetter(point)
        ? 0
        : Character.isIdeographic(point) || isSyllable(point) ? 3 : 1;
  }

  private static boolean isSyllable(int point) {
    return point >= 0x3040 && point < 0x3100 || point >= 0xac00 && point < 0xd7a4;
  }

  private String head(String text) {
    return whole(text, 0, Math.min(text.length(), maxCharacters));
  }

  /** What blank lines set apart; the lines of a text without any. */
  private static List<int[]> spans(String text) {
    String gap = text.contains("\n\n") ? "\n\n" : "\n";
    List<int[]> spans = new ArrayList<>();
    for (int start = 0; start < text.length(); ) {
      int end = text.indexOf(gap, start);
      end = end < 0 ? text.length() : end;
      spans.add(new int[] {start, end});
      start = end + gap.length();
    }
    return spans;
  }

  /** Viterbi's algorithm over the paragraphs. */
  private static List<String> series(List<Map<String, Double>> evidence, List<String> languages) {
    int n = languages.size();
    int[][] from = new int[evidence.size()][n];
    double[] scores = new double[n];
    for (int p = 0; p < evidence.size(); p++) {
      int best = indexOfMost(scores);
      double[] next = new double[n];
      for (int l = 0; l < n; l++) {
        boolean stay = p == 0 || scores[l] >= scores[best] + CHANGE;
        from[p][l] = stay ? l : best;
        Map<String, Double> own = evidence.get(p);
        next[l] =
            (stay ? scores[l] : scores[best] + CHANGE)
                + (own == null ? 0 : own.get(languages.get(l)));
      }
      scores = next;
    }
    String[] series = new String[evidence.size()];
    int at = indexOfMost(scores);
    for (int p = series.length - 1; p >= 0; p--) {
      series[p] = languages.get(at);
      at = from[p][at];
    }
    return List.of(series);
  }

  private static int indexOfMost(double[] scores) {
    int most = 0;
    for (int i = 1; i < scores.length; i++) {
      most = scores[i] > scores[most] ? i : most;
    }
    return most;
  }

  private DocumentLanguages summary(String text, List<Paragraph> paragraphs) {
    Map<String, Long> lengths = new TreeMap<>();
    long all = 0;
    for (Paragraph paragraph : paragraphs) {
      lengths.merge(paragraph.language(), (long) paragraph.end() - paragraph.start(), Long::sum);
      all += paragraph.end() - paragraph.start();
    }
    List<Share> shares = new ArrayList<>();
    for (Map.Entry<String, Long> length : lengths.entrySet()) {
      shares.add(new Share(length.getKey(), (double) length.getValue() / all));
    }
    shares.sort(Comparator.comparingDouble(Share::share).reversed());
    String main = shares.get(0).language();
    Map<String, Double> confidences = new HashMap<>();
    lengths.keySet().forEach(l -> confidences.put(l, confidence(text, paragraphs, l)));
    return new DocumentLanguages(main, confidences, List.copyOf(shares), List.copyOf(paragraphs));
  }

  /** Of the beginning of what is in the language. */
  private double confidence(String text, List<Paragraph> paragraphs, String language) {
    StringBuilder own = new StringBuilder();
    for (Paragraph paragraph : paragraphs) {
      if (paragraph.language().equals(language) && own.length() < maxCharacters) {
        own.append(text, paragraph.start(), paragraph.end()).append('\n');
      }
    }
    return Math.exp(logarithms(head(own.toString())).get(language));
  }
}
