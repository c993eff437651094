package org.sparkgpt.passages;

import java.util.BitSet;
import java.util.Iterator;
import org.apache.spark.sql.Row;

/** What was found in each document, read beside the documents in the order both are sorted in. */
final class Marks {
  private final Iterator<Row> rows;
  private Row ahead;

  /**
   * @param rows of {@link Repeats#FOUND}, sorted by document and place
   */
  Marks(Iterator<Row> rows) {
    this.rows = rows;
    advance();
  }

  /**
   * The units of a document that the windows found in it cover.
   *
   * @param document of {@link Laid}; ascending from call to call
   * @param copy likewise
   * @param width units of a window that count as covered, from its first one on
   */
  BitSet of(long document, int copy, int width) {
    BitSet covered = new BitSet();
    while (ahead != null && isBefore(document, copy + 1)) {
      if (!isBefore(document, copy)) {
        int position = (int) ahead.getLong(1);
        covered.set(position, position + ahead.getInt(2) - 1 + width);
      }
      advance();
    }
    return covered;
  }

  private boolean isBefore(long document, int copy) {
    long found = ahead.getLong(0);
    return found < document || found == document && ahead.getLong(1) >>> Integer.SIZE < copy;
  }

  private void advance() {
    ahead = rows.hasNext() ? rows.next() : null;
  }
}
