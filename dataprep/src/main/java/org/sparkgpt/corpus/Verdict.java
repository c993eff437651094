package org.sparkgpt.corpus;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Why a document was dropped: the rule, what the rule measured, and the bound that was crossed. A
 * stage appends these three columns; in a kept row all three are null.
 *
 * @param reason the rule's name, such as {@code gopher@datatrove/words}
 * @param value what was measured; NaN if there is nothing to measure
 * @param threshold the bound; NaN if there is none
 */
public record Verdict(String reason, double value, double threshold) {
  public static final String REASON = "reason";
  public static final String VALUE = "value";
  public static final String THRESHOLD = "threshold";

  public Verdict(String reason) {
    this(reason, Double.NaN, Double.NaN);
  }

  /** {@code schema} and the three columns of a verdict. */
  public static StructType appendTo(StructType schema) {
    return schema
        .add(REASON, DataTypes.StringType, true)
        .add(VALUE, DataTypes.DoubleType, true)
        .add(THRESHOLD, DataTypes.DoubleType, true);
  }

  /** The survivors, without the verdict's columns. */
  public static Dataset<Row> kept(Dataset<Row> judged) {
    return judged.where(functions.col(REASON).isNull()).drop(REASON, VALUE, THRESHOLD);
  }

  /** The dropped rows, each with its verdict. */
  public static Dataset<Row> rejected(Dataset<Row> judged) {
    return judged.where(functions.col(REASON).isNotNull());
  }
}
