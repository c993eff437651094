package org.sparkgpt.tokenize;

import java.util.SplittableRandom;

/**
 * Made-up documents to measure with, of the sizes and with the vocabulary of real ones: the
 * commonest English words and, behind them, endless made-up ones, as frequent as words of a rank
 * are, so that longer text keeps bringing new ones. A document depends on the seed and its number
 * only.
 */
public final class SyntheticText {
  private static final String[] COMMON =
      ("the of and to a in that is was he for it with as his on be at by i this had not are but"
              + " from or have an they which one you were her all she there would their we him been"
              + " has when who will more no if out so said what up its about into than them can only"
              + " other new some could time these two may then do first any my now such like our"
              + " over man me even most made after also did many before must through back years"
              + " where much your way well down should because each just those people how too"
              + " little state good very make world still own see men work long get here between"
              + " both life being under never day same another know while last might us great old"
              + " year off come since against go came right used take three")
          .split(" ");
  private static final String[] ONSETS =
      "b c d f g h l m n p r s t v w st tr pr ch sh br cl gr pl sp th con re de in un".split(" ");
  private static final String[] VOWELS = "a e i o u ea ou ai io ee".split(" ");
  private static final String[] CODAS =
      "n r s t l d m ck nd nt st ng ll ss rt ly".split(" "); // and none, as often as one
  private static final String[] ENDINGS = {"", "", "", "s", "ed", "ing", "er", "ly", "ness"};

  private static final double FLATNESS = 2.7; // Mandelbrot's: the commonest words are closer
  private static final double FREQUENT = 8000; // words; the rest falls off faster than Zipf's law
  private static final double RARE_SHARE = 0.12; // of all words that are not among them
  private static final double WORDS_OF_MEDIAN_DOCUMENT = 400;

  private final long seed;

  public SyntheticText(long seed) {
    this.seed = seed;
  }

  /** The document with a number: paragraphs of sentences, some 3.5 KB on average. */
  public String document(long number) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
    double spread = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    double normal = spread * Math.cos(2 * Math.PI * random.nextDouble()); // Box and Muller
    int words = 1 + (int) (WORDS_OF_MEDIAN_DOCUMENT * Math.exp(0.9 * normal));
    StringBuilder text = new StringBuilder(8 * words);
    int sentence = 0;
    for (int i = 0; i < words; i++) {
      if (sentence == 0) {
        sentence = 4 + random.nextInt(28);
        text.append(i == 0 ? "" : random.nextInt(6) == 0 ? ".\n\n" : ". ");
        int start = text.length();
        appendWord(text, random);
        text.setCharAt(start, Character.toUpperCase(text.charAt(start)));
      } else {
        text.append(random.nextInt(12) == 0 ? ", " : " ");
        appendWord(text, random);
      }
      sentence--;
    }
    return text.append(".\n").toString();
  }

  private static void appendWord(StringBuilder text, SplittableRandom random) {
    if (random.nextInt(80) == 0) {
      text.append(random.nextInt(1 << (1 + random.nextInt(16))));
      return;
    }
    long rank = rank(random);
    if (rank < COMMON.length) {
      text.append(COMMON[(int) rank]);
    } else {
      spell(text, rank);
    }
  }

  /** Frequencies fall as 1/(rank + flatness) among the frequent words, then as rank^-1.5. */
  private static long rank(SplittableRandom random) {
    double u = 1 - random.nextDouble(); // (0, 1]
    return (long)
        (random.nextDouble() < RARE_SHARE
            ? FREQUENT / (u * u)
            : FLATNESS * (Math.pow(1 + FREQUENT / FLATNESS, u) - 1));
  }

  /** The word of a rank, always the same; rarer words are longer. */
  private static void spell(StringBuilder text, long rank) {
    SplittableRandom letters = new SplittableRandom(rank);
    int start = text.length();
    int syllables = 1 + (rank > 300 ? 1 : 0) + (rank > 30_000 ? letters.nextInt(3) : 0);
    for (int i = 0; i < syllables; i++) {
      text.append(any(ONSETS, letters)).append(any(VOWELS, letters));
      if (letters.nextBoolean()) {
        text.append(any(CODAS, letters));
      }
    }
    text.append(any(ENDINGS, letters));
    if (letters.nextInt(8) == 0) { // a name
      text.setCharAt(start, Character.toUpperCase(text.charAt(start)));
    }
  }

  private static String any(String[] of, SplittableRandom random) {
    return of[random.nextInt(of.length)];
  }
}
