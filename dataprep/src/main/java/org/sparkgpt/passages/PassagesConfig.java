package org.sparkgpt.passages;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;

/**
 * What counts as a passage that is in the corpus more than once.
 *
 * @param methods in the order they are applied, each to the text that the one before left
 * @param minCharacters UTF-16 units: a document of which less is left after a removal is dropped
 * @param paragraph of the method {@code paragraph}
 * @param line of the method {@code line}
 * @param span of the method {@code span}
 * @param substring of the method {@code substring}
 */
public record PassagesConfig(
    List<Method> methods,
    int minCharacters,
    Paragraph paragraph,
    Line line,
    Span span,
    Substring substring)
    implements Serializable {
  /** {@code minOccurrences} rows of a passage are held in memory. */
  private static final int MOST_OCCURRENCES = 10_000;

  public PassagesConfig {
    if (methods == null || methods.isEmpty() || new HashSet<>(methods).size() < methods.size()) {
      throw new IllegalArgumentException(
          "passages.methods must name paragraph, line, span or substring, each at most once, got "
              + methods);
    }
    methods = List.copyOf(methods);
    atLeast(1, "passages.minCharacters", minCharacters);
  }

  /**
   * Paragraphs as cc_net compares them.
   *
   * @param minDocumentCharacters code points; shorter documents take no part
   * @param minCharacters code points of the simplified paragraph; shorter ones may repeat
   * @param minOccurrences copies from which on a paragraph counts as repeated
   */
  public record Paragraph(
      Keep keep, int minDocumentCharacters, int minCharacters, int minOccurrences)
      implements Serializable {
    public Paragraph {
      present("passages.paragraph.keep", keep);
      atLeast(0, "passages.paragraph.minDocumentCharacters", minDocumentCharacters);
      atLeast(1, "passages.paragraph.minCharacters", minCharacters);
      occurrences("passages.paragraph.minOccurrences", minOccurrences);
    }
  }

  /**
   * Lines as C4's code has them; the first copy stays.
   *
   * @param minCharacters code points without white space at the ends; shorter lines may repeat
   * @param minOccurrences copies from which on a line counts as repeated
   * @param minSentences a document that lost lines and has fewer sentences left is dropped
   */
  public record Line(int minCharacters, int minOccurrences, int minSentences)
      implements Serializable {
    public Line {
      atLeast(1, "passages.line.minCharacters", minCharacters);
      occurrences("passages.line.minOccurrences", minOccurrences);
      atLeast(0, "passages.line.minSentences", minSentences);
    }
  }

  /**
   * Runs of three sentences; the first copy stays.
   *
   * @param minCharacters code points of the three together; shorter runs may repeat
   */
  public record Span(int minCharacters) implements Serializable {
    public Span {
      atLeast(1, "passages.span.minCharacters", minCharacters);
    }
  }

  /**
   * Runs of words, character by character the same but for white space.
   *
   * @param minWords shorter runs may repeat
   */
  public record Substring(Keep keep, int minWords) implements Serializable {
    public Substring {
      present("passages.substring.keep", keep);
      atLeast(4, "passages.substring.minWords", minWords);
    }
  }

  private static void present(String key, Keep value) {
    if (value == null) {
      throw new IllegalArgumentException(key + " must be first or none");
    }
  }

  private static void occurrences(String key, int value) {
    atLeast(2, key, value);
    if (value > MOST_OCCURRENCES) {
      throw new IllegalArgumentException(
          key + " must be at most " + MOST_OCCURRENCES + ", got " + value);
    }
  }

  private static void atLeast(int least, String key, int value) {
    if (value < least) {
      throw new IllegalArgumentException(key + " must be at least " + least + ", got " + value);
    }
  }
}
