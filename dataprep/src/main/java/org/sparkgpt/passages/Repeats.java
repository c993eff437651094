package org.sparkgpt.passages;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Which places are repeated, told while rows pass that are sorted by hash, context, document and
 * place: a group is never held, however many rows it has.
 *
 * <p>Places of one context are copies of each other: all of them are removed, or all but the first.
 * If a hash has places of several contexts, their windows may still be equal in part: the first
 * place of each context is handed on to be compared window by window.
 */
final class Repeats implements Iterator<Row> {
  /** Input: a place in the corpus. */
  static final String HASH = "hash";

  static final String CONTEXT = "context";

  /** {@link Laid#key} of the document. */
  static final String DOCUMENT = "document";

  /** The document's number among those of its key in the high half, the position in the low. */
  static final String PLACE = "place";

  static final String COUNT = "windows";

  /** Output: whether the place's windows are to be compared; else they are repeated. */
  static final String COMPARE = "compare";

  static final StructType PLACES =
      new StructType()
          .add(HASH, DataTypes.LongType, false)
          .add(CONTEXT, DataTypes.LongType, false)
          .add(DOCUMENT, DataTypes.LongType, false)
          .add(PLACE, DataTypes.LongType, false)
          .add(COUNT, DataTypes.IntegerType, false);

  static final StructType FOUND =
      new StructType()
          .add(DOCUMENT, DataTypes.LongType, false)
          .add(PLACE, DataTypes.LongType, false)
          .add(COUNT, DataTypes.IntegerType, false)
          .add(COMPARE, DataTypes.BooleanType, false);

  private final Iterator<Row> places;
  private final Keep keep;
  private final int minOccurrences;
  private final Deque<Row> out = new ArrayDeque<>();
  private final List<Row> pending = new ArrayList<>(); // too few so far to be repeated
  private Row last;
  private Row only; // the first place of the hash, as long as there is one context only
  private int occurrences; // of the context, counted no further than needed

  /**
   * @param places sorted rows of {@link #PLACES}
   * @param minOccurrences from which on places of one context are repeated
   */
  Repeats(Iterator<Row> places, Keep keep, int minOccurrences) {
    this.places = places;
    this.keep = keep;
    this.minOccurrences = minOccurrences;
  }

  @Override
  public boolean hasNext() {
    while (out.isEmpty() && places.hasNext()) {
      read(places.next());
    }
    return !out.isEmpty();
  }

  @Override
  public Row next() {
    hasNext();
    return out.remove();
  }

  private void read(Row row) {
    boolean sameHash = last != null && row.getLong(0) == last.getLong(0);
    boolean sameContext = sameHash && row.getLong(1) == last.getLong(1);
    last = row;
    if (!sameContext) {
      occurrences = 0;
      pending.clear();
    }
    if (!sameHash) {
      only = row;
    } else if (!sameContext) {
      if (only != null) {
        out.add(found(only, true));
        only = null;
      }
      out.add(found(row, true));
    }
    count(row);
  }

  private void count(Row row) {
    if (occurrences < minOccurrences) {
      occurrences++;
    }
    if (occurrences > 1 || keep == Keep.NONE) {
      pending.add(row);
    }
    if (occurrences == minOccurrences) {
      pending.forEach(copy -> out.add(found(copy, false)));
      pending.clear();
    }
  }

  private static Row found(Row row, boolean compare) {
    return RowFactory.create(row.getLong(2), row.getLong(3), row.getInt(4), compare);
  }
}
