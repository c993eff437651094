package org.sparkgpt.ingest;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Metadata;
import org.sparkgpt.corpus.Verdict;

/** The rows of one task: documents with the verdict on each, one slice after the other. */
final class SliceRows implements Iterator<Row>, Closeable {
  private final Iterator<FileSlice> slices;
  private final RecordFormats formats;
  private FileSlice slice;
  private Records records;
  private long number;
  private Row ahead;

  SliceRows(Iterator<FileSlice> slices, RecordFormats formats) {
    this.slices = slices;
    this.formats = formats;
  }

  @Override
  public boolean hasNext() {
    while (ahead == null) {
      if (records != null) {
        ahead = advance();
      } else if (slices.hasNext()) {
        ahead = enter(slices.next());
      } else {
        return false;
      }
    }
    return true;
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Row row = ahead;
    ahead = null;
    return row;
  }

  /** Opens a slice; a row only if that fails, and then for one of the file's slices. */
  private Row enter(FileSlice next) {
    slice = next;
    number = 0;
    try {
      records = formats.open(next);
      return null;
    } catch (IOException e) {
      return slice.slice() == 0 ? rejected(next.file().source(), e) : null;
    }
  }

  /** Moves by one record; a row if it is the slice's. */
  private Row advance() {
    boolean mine = slice.holds(number++);
    try {
      if (!records.next()) {
        close();
        return null;
      }
    } catch (IOException e) {
      String source = records.source();
      close();
      return mine ? rejected(source, e) : null;
    }
    return mine ? read() : null;
  }

  private Row read() {
    try {
      return judged(records.read());
    } catch (IOException e) {
      return rejected(records.source(), e);
    }
  }

  /** A document's row: kept unless there is nothing in it. */
  static Row judged(Document document) throws RejectedException {
    if (document.text().isBlank()) {
      throw RejectedException.empty();
    }
    return document.toRow(null);
  }

  /** The row of a record that has no text: its id comes from where it is and what it lacks. */
  static Row rejected(String source, IOException failure) {
    Verdict verdict = RejectedException.verdictOn(failure);
    String id = Document.idOf(source + '\n' + verdict.reason());
    return new Document(id, "", source, null, Metadata.NONE, null).toRow(verdict);
  }

  @Override
  public void close() {
    if (records == null) {
      return;
    }
    try {
      records.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      records = null;
    }
  }
}
