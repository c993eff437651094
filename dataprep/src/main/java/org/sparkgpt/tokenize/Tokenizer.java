package org.sparkgpt.tokenize;

import java.io.Serializable;
import java.util.OptionalInt;

/**
 * Text to token ids and back. Ids are 0 until {@link #vocabularySize}.
 *
 * <p>Safe for use by many threads. A copy that Java serialization brings to an executor gives the
 * same ids.
 */
public interface Tokenizer extends Serializable {
  /** The text of the token that closes a document; in a document itself it is ordinary text. */
  String END_OF_TEXT = "<|endoftext|>";

  /**
   * The ids of {@code text}; never the end-of-text id. A surrogate without its other half has no
   * UTF-8 form and counts as {@code ?}, as it does wherever Java and Spark turn text into bytes.
   *
   * @throws IllegalArgumentException if the text has a character that the vocabulary cannot express
   */
  int[] encode(String text);

  /**
   * The text of {@code ids}; bytes that are not UTF-8, such as half of a character, become U+FFFD.
   *
   * @throws IllegalArgumentException if an id is outside the vocabulary
   */
  String decode(int... ids);

  /** The bytes (UTF-8 or a part of it) that {@code id} stands for; a copy. */
  byte[] bytesOf(int id);

  int vocabularySize();

  /** The id of {@link #END_OF_TEXT}, if the vocabulary has it. */
  OptionalInt endOfText();

  /** SHA-256, in hex, of everything that decides the ids. Stored with the token shards. */
  String digest();
}
