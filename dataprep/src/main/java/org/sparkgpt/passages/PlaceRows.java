package org.sparkgpt.passages;

import java.util.Iterator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows of {@link Repeats#PLACES}, read off one document after the other. */
final class PlaceRows implements Iterator<Row> {
  private final Iterator<Row> documents;
  private final Laid laid;
  private final Reader reader;
  private final Laid.Copies copies = new Laid.Copies();
  private Places places;
  private long key;
  private int copy;
  private boolean ahead;

  /** What to look at in a document. */
  interface Reader {
    Places places(String text, long key, int copy);
  }

  PlaceRows(Iterator<Row> documents, Laid laid, Reader reader) {
    this.documents = documents;
    this.laid = laid;
    this.reader = reader;
  }

  @Override
  public boolean hasNext() {
    while (!ahead) {
      if (places != null && places.next()) {
        ahead = true;
      } else if (documents.hasNext()) {
        Row row = documents.next();
        key = laid.key(row);
        copy = copies.next(key);
        places = reader.places(laid.text(row), key, copy);
      } else {
        return false;
      }
    }
    return true;
  }

  @Override
  public Row next() {
    hasNext();
    ahead = false;
    long place = (long) copy << Integer.SIZE | places.position();
    return RowFactory.create(places.hash(), places.context(), key, place, places.count());
  }
}
