package org.sparkgpt.clean;

import java.util.Arrays;
import org.sparkgpt.corpus.Hash64;

/**
 * The words of a text, what stands between white space as Python's {@code str.split} has it, and
 * all that the rules count in them, from one reading. The arrays are used again for the next text.
 */
final class Words {
  private static final long BASE = 0x9e3779b97f4a7c15L; // odd, so that its powers never vanish

  /** Of NeMo Curator's ellipsis marks, those without a blank in them. */
  private static final long[] ELLIPSIS_WORDS =
      Arrays.stream(new String[] {"...", "[...]", "…", "(...)", "[…]", "-»"})
          .mapToLong(Words::hashOf)
          .toArray();

  private static final int LONGEST_ELLIPSIS_WORD = 5;

  private long[] hashes = new long[256];
  private long[] powers = new long[256];
  private int[] lengths = new int[256];
  private int[] sorted = new int[0];
  private int count;
  private long length;
  private int lexical;
  private long lexicalLength;
  private int withLetter;
  private int withAlphabetic;
  private int withSymbol;
  private int symbols;
  private int hashSigns;
  private int ellipses;
  private int dots; // in a row
  private int hashRuns; // of the word being read

  /** The hash of a sequence of UTF-16 units: a polynomial in them, modulo 2^64. */
  static long append(long hash, char unit) {
    return (hash + unit + 1) * BASE;
  }

  static long hashOf(CharSequence word) {
    long hash = 0;
    for (int i = 0; i < word.length(); i++) {
      hash = append(hash, word.charAt(i));
    }
    return hash;
  }

  void read(CharSequence text) {
    clear();
    int i = 0;
    while (i < text.length()) {
      if (Characters.is(Characters.WHITE, text.charAt(i))) {
        i++;
      } else {
        i = readWord(text, i);
      }
    }
  }

  private void clear() {
    if (hashes.length > Segments.MOST_KEPT) {
      resize(256);
      sorted = new int[0];
    }
    count = 0;
    length = 0;
    lexical = 0;
    lexicalLength = 0;
    withLetter = 0;
    withAlphabetic = 0;
    withSymbol = 0;
    symbols = 0;
    hashSigns = 0;
    ellipses = 0;
  }

  private int readWord(CharSequence text, int start) {
    long hash = 0;
    long power = 1;
    int kinds = 0;
    int pairs = 0;
    hashRuns = 0;
    int i = start;
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      int kind = Characters.kind(c);
      if ((kind & Characters.WHITE) != 0) {
        break;
      }
      hash = append(hash, c);
      power *= BASE;
      if (c == '.' || (kind & Characters.SYMBOL) != 0) {
        countMark(c, i > start ? text.charAt(i - 1) : ' ');
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        char low = text.charAt(++i);
        hash = append(hash, low);
        power *= BASE;
        kind = Characters.kind(Character.toCodePoint(c, low));
        pairs++;
      }
      kinds |= kind;
    }
    add(hash, power, i - start - pairs, kinds);
    return i;
  }

  private void countMark(char mark, char before) {
    if (mark == '.') {
      dots = before == '.' ? dots + 1 : 1;
      ellipses += dots % 3 == 0 ? 1 : 0;
    } else if (mark == '#') {
      hashSigns++;
      hashRuns += before == '#' ? 0 : 1;
    } else {
      ellipses++;
    }
  }

  private void add(long hash, long power, int characters, int kinds) {
    if (count == hashes.length) {
      resize(count < Segments.MOST_KEPT ? 2 * count : count + count / 4);
    }
    hashes[count] = hash;
    powers[count] = power;
    lengths[count] = characters;
    count++;
    length += characters;
    if ((kinds & Characters.LEXICAL) != 0) {
      lexical++;
      lexicalLength += characters;
    }
    withLetter += (kinds & Characters.LETTER) != 0 ? 1 : 0;
    withAlphabetic += (kinds & Characters.ALPHABETIC) != 0 ? 1 : 0;
    withSymbol += (kinds & Characters.SYMBOL) != 0 ? 1 : 0;
    if (2 * hashRuns > characters || isEllipsis(hash, characters, kinds)) {
      symbols++;
    }
  }

  private static boolean isEllipsis(long hash, int characters, int kinds) {
    if (characters <= LONGEST_ELLIPSIS_WORD && (kinds & Characters.LETTER) == 0) {
      for (long mark : ELLIPSIS_WORDS) {
        if (mark == hash) {
          return true;
        }
      }
    }
    return false;
  }

  private void resize(int size) {
    hashes = Arrays.copyOf(hashes, size);
    powers = Arrays.copyOf(powers, size);
    lengths = Arrays.copyOf(lengths, size);
  }

  int count() {
    return count;
  }

  /** Equal for equal words, and for others only by an accident of 64 bits. */
  long hash(int i) {
    return hashes[i];
  }

  /** The hash of the words {@code [.., i]} in one, without a blank, from that of those before. */
  long joined(long before, int i) {
    return before * powers[i] + hashes[i];
  }

  /** The hash of the words {@code [.., i]} one by one, from that of those before. */
  long followed(long before, int i) {
    return Hash64.append(before, hashes[i]);
  }

  /** Of a word, in code points. */
  int length(int i) {
    return lengths[i];
  }

  /** Of all words, in code points. */
  long length() {
    return length;
  }

  /** Words that are not made of datatrove's punctuation only. */
  int lexical() {
    return lexical;
  }

  double meanLexicalLength() {
    return (double) lexicalLength / lexical;
  }

  double meanLength() {
    return (double) length / count;
  }

  /** The mean of the two middle lengths if the words are even in number; 0 without words. */
  double medianLength() {
    if (count == 0) {
      return 0;
    }
    if (sorted.length < count) {
      sorted = new int[hashes.length];
    }
    System.arraycopy(lengths, 0, sorted, 0, count);
    Arrays.sort(sorted, 0, count);
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0;
  }

  /** Words that hold a letter of any script. */
  int withLetter() {
    return withLetter;
  }

  /** Words that hold a character that is alphabetic: a letter, a vowel sign, a Roman numeral. */
  int withAlphabetic() {
    return withAlphabetic;
  }

  /** Words that hold {@code #} or {@code …}. */
  int withSymbol() {
    return withSymbol;
  }

  /** Words that are one of NeMo Curator's ellipsis marks, or more runs of {@code #} than else. */
  int symbols() {
    return symbols;
  }

  /** Occurrences of {@code #}. */
  int hashSigns() {
    return hashSigns;
  }

  /** Occurrences of {@code ...}, none counted twice, and of {@code …}. */
  int ellipses() {
    return ellipses;
  }
}
