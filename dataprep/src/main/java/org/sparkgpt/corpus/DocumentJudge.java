package org.sparkgpt.corpus;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What a stage says of a document: columns of its own, perhaps another text, and a verdict. Each
 * document is judged alone, so the result does not depend on how rows are spread. For one thread.
 */
@FunctionalInterface
public interface DocumentJudge {
  Judged judge(Row document);

  /**
   * @param text what {@link Document#TEXT} becomes
   * @param verdict null if the document is kept
   * @param own values of the stage's own columns, in their order
   */
  record Judged(String text, Verdict verdict, Object... own) {
    private Row appendedTo(Row row, int textColumn) {
      int width = row.size();
      Object[] values = new Object[width + own.length + 3];
      for (int i = 0; i < width; i++) {
        values[i] = row.get(i);
      }
      values[textColumn] = text;
      System.arraycopy(own, 0, values, width, own.length);
      if (verdict != null) {
        values[values.length - 3] = verdict.reason();
        values[values.length - 2] = verdict.value();
        values[values.length - 1] = verdict.threshold();
      }
      return RowFactory.create(values);
    }
  }

  /** Makes a task's judge, where the task runs. */
  @FunctionalInterface
  interface Maker extends Serializable {
    DocumentJudge make();
  }

  /**
   * All rows of {@code documents} with the columns {@code own} and those of a {@link Verdict}
   * behind theirs.
   */
  static Dataset<Row> judgeAll(Dataset<Row> documents, StructType own, Maker maker) {
    StructType schema = documents.schema();
    int textColumn = schema.fieldIndex(Document.TEXT);
    StructType wider = schema;
    for (StructField column : own.fields()) {
      wider = wider.add(column);
    }
    MapPartitionsFunction<Row, Row> judgePartition =
        rows -> {
          DocumentJudge judge = maker.make();
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return rows.hasNext();
            }

            @Override
            public Row next() {
              Row row = rows.next();
              return judge.judge(row).appendedTo(row, textColumn);
            }
          };
        };
    return documents.mapPartitions(judgePartition, Encoders.row(Verdict.appendTo(wider)));
  }
}
