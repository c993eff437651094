package org.sparkgpt.tokenize;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.sparkgpt.corpus.Document;

/**
 * Where validation begins when it is the corpus's tail: documents before {@code id} train, those
 * after it validate, and of {@code id} itself the first {@code characters} train.
 *
 * @param characters Unicode code points, as Python counts them
 */
record TailCut(String id, long characters) implements Serializable {
  /**
   * The cut that leaves int((1 - valFraction) * n) of all n characters for training, which is
   * nanoGPT's arithmetic.
   *
   * @param documents at least one
   * @throws IllegalArgumentException if the document at the cut occurs twice
   */
  static TailCut find(Dataset<Row> documents, double valFraction) {
    Dataset<Row> lengths =
        documents.select(
            functions.col(Document.ID), functions.length(functions.col(Document.TEXT)).as("n"));
    Row sum = lengths.agg(functions.sum("n")).first();
    long all = sum.isNullAt(0) ? 0 : sum.getLong(0);
    long left = (long) (all * (1 - valFraction));
    String previous = null;
    Iterator<Row> inOrder = lengths.orderBy(Document.ID).toLocalIterator();
    while (inOrder.hasNext()) {
      Row row = inOrder.next();
      String id = row.getString(0);
      if (left < row.getInt(1)) {
        boolean isRepeated =
            id.equals(previous) || (inOrder.hasNext() && id.equals(inOrder.next().getString(0)));
        if (isRepeated) {
          throw new IllegalArgumentException(
              "tokenize.split: tail would cut document %s, which the corpus has twice: run dedup before, or set tokenize.split: document"
                  .formatted(id));
        }
        return new TailCut(id, left);
      }
      left -= row.getInt(1);
      previous = id;
    }
    return new TailCut("", 0); // no text at all
  }
}
