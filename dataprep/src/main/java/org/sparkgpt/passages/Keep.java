package org.sparkgpt.passages;

/** Which copy of a passage stays. */
public enum Keep {
  /** The one in the document with the smallest id, the first one inside it. */
  FIRST,
  /** None: a passage that is there twice is taken for boilerplate. */
  NONE
}
