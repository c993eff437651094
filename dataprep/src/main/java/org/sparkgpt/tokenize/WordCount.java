package org.sparkgpt.tokenize;

import java.nio.charset.StandardCharsets;

/**
 * How often a word occurs in the corpus.
 *
 * @param word the word's UTF-8, one char (U+0000 to U+00FF) per byte: a key that hashes well and
 *     takes a byte each in Java
 */
record WordCount(String word, long count) {
  byte[] bytes() {
    return word.getBytes(StandardCharsets.ISO_8859_1);
  }
}
