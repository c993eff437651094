package org.sparkgpt.passages;

import java.util.Locale;

/** A way to cut a text into passages that can be in the corpus more than once. */
public enum Method {
  /** Paragraphs between newlines, as cc_net compares them: see {@link LineUnits}. */
  PARAGRAPH,
  /** Lines, each of which stays in one document, as C4's code has it: see {@link LineUnits}. */
  LINE,
  /** Runs of three sentences, of which C4's paper speaks: see {@link SentenceUnits}. */
  SPAN,
  /** Any run of words that is long enough, wherever it begins: see {@link Anchors}. */
  SUBSTRING;

  /** The name as it stands in run files and tables. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
