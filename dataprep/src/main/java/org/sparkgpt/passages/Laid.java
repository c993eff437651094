package org.sparkgpt.passages;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;

/**
 * Documents laid out so that what is found in them can be read beside them: partitioned by a key
 * that follows from the id, and sorted by id. The texts go through the shuffle here, once, whatever
 * is done to them afterwards.
 *
 * <p>A row has the document's columns, then the key, then the characters that each {@link Method}
 * removed. Documents of one key are told apart by their number within the key, which follows from
 * id, source and the other columns; rows that are equal in all of these are interchangeable.
 */
final class Laid implements Serializable {
  private static final String KEY = "_key";
  private static final String TIE = "_tie";
  private static final int KEY_CHARACTERS = 8;

  private final StructType schema;
  private final int id;
  private final int text;

  Laid(StructType schema) {
    this.schema = schema;
    id = schema.fieldIndex(Document.ID);
    text = schema.fieldIndex(Document.TEXT);
  }

  /** Partitions of documents, and of what is found in them. */
  static int partitions(Dataset<Row> documents) {
    return Integer.parseInt(documents.sparkSession().conf().get("spark.sql.shuffle.partitions"));
  }

  JavaRDD<Row> rows(Dataset<Row> documents) {
    Column[] comparable =
        Arrays.stream(schema.fields())
            .filter(field -> !(field.dataType() instanceof MapType)) // maps have no hash
            .map(StructField::name)
            .map(functions::col)
            .toArray(Column[]::new);
    Dataset<Row> keyed =
        documents
            .withColumn(TIE, xxhash64(comparable))
            .withColumn(
                KEY,
                udf((UDF1<String, Long>) Laid::key, DataTypes.LongType).apply(col(Document.ID)));
    for (Method method : Method.values()) {
      keyed = keyed.withColumn("_" + method, lit(0));
    }
    return keyed
        .repartition(partitions(documents), col(KEY))
        .sortWithinPartitions(KEY, Document.ID, Document.SOURCE, TIE)
        .drop(TIE)
        .toJavaRDD();
  }

  /** A number that sorts as the first 8 characters of the id do; not negative. */
  static long key(String id) {
    long key = 0;
    for (int i = 0; i < KEY_CHARACTERS; i++) {
      key = key << Byte.SIZE | (i < id.length() ? Math.min(id.charAt(i), 0x7f) : 0);
    }
    return key;
  }

  String text(Row row) {
    return row.getString(text);
  }

  long key(Row row) {
    return row.getLong(schema.size());
  }

  int removed(Row row, Method method) {
    return row.getInt(schema.size() + 1 + method.ordinal());
  }

  /** {@code row} with the text that {@code method} left of it. */
  Row withText(Row row, Method method, String rest) {
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    values[text] = rest;
    values[schema.size() + 1 + method.ordinal()] = text(row).length() - rest.length();
    return RowFactory.create(values);
  }

  /** The document's own columns, with {@code more} behind them. */
  Row own(Row row, Object... more) {
    Object[] values = new Object[schema.size() + more.length];
    for (int i = 0; i < schema.size(); i++) {
      values[i] = row.get(i);
    }
    System.arraycopy(more, 0, values, schema.size(), more.length);
    return RowFactory.create(values);
  }

  /** Numbers the documents of each key, given the keys of a partition in order. */
  static final class Copies {
    private long key = -1;
    private int copy;

    int next(long next) {
      copy = next == key ? copy + 1 : 0;
      key = next;
      return copy;
    }
  }
}
