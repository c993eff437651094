package org.sparkgpt.clean;

/** What becomes of paragraphs in languages that are not asked for. */
public enum ForeignParagraphs {
  KEEP,
  /** They are removed; the rest of the document is judged. */
  DROP
}
