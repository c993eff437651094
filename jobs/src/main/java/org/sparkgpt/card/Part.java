package org.sparkgpt.card;

import org.sparkgpt.report.Table;

/** A piece of a section of a card. */
sealed interface Part {
  /** A paragraph. */
  record Said(String text) implements Part {}

  /** A picture of what a table of the same section has in numbers. */
  record Drawn(String svg) implements Part {}

  /**
   * A table with its title.
   *
   * @param folded whether a page may hide it, because what is beside it says the same
   */
  record Tabled(Table table, boolean folded) implements Part {}
}
