package org.sparkgpt.card;

/**
 * How much of a corpus.
 *
 * @param characters Unicode code points of the texts
 */
record Count(long documents, long characters) {
  static final Count NONE = new Count(0, 0);

  Count plus(Count other) {
    return new Count(documents + other.documents, characters + other.characters);
  }

  Count minus(Count other) {
    return new Count(documents - other.documents, characters - other.characters);
  }
}
