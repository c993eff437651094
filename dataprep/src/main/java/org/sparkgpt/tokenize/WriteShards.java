package org.sparkgpt.tokenize;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Writes the shards whose documents are in this partition, and returns a row for each. */
final class WriteShards implements MapPartitionsFunction<Row, Row> {
  /** {@link TokenFile}'s components. */
  static final StructType WRITTEN =
      new StructType()
          .add("path", DataTypes.StringType, false)
          .add("rows", DataTypes.LongType, false)
          .add("tokens", DataTypes.LongType, false)
          .add("documents", DataTypes.LongType, false)
          .add("textBytes", DataTypes.LongType, false)
          .add("crc32c", DataTypes.StringType, false)
          .add("bytes", DataTypes.LongType, false);

  private final SerializableConfiguration configuration;
  private final String dir;
  private final ShardPlan plan;
  private final Map<String, String> metadata;
  private final int rowTokens;

  WriteShards(
      SerializableConfiguration configuration,
      Path dir,
      ShardPlan plan,
      Map<String, String> metadata,
      int rowTokens) {
    this.configuration = configuration;
    this.dir = dir.toString();
    this.plan = plan;
    this.metadata = metadata;
    this.rowTokens = rowTokens;
  }

  /**
   * @param documents rows of {@link EncodeDocuments#SCHEMA} and {@link ShardPlan#PART}, the rows of
   *     a shard one after the other
   */
  @Override
  public Iterator<Row> call(Iterator<Row> documents) throws IOException {
    List<Row> written = new ArrayList<>();
    String path = null;
    ShardWriter writer = null;
    try {
      while (documents.hasNext()) {
        Row document = documents.next();
        String next = plan.path(document.getBoolean(0), document.getInt(6));
        if (!next.equals(path)) {
          if (writer != null) {
            written.add(row(writer.finish()));
          }
          writer = new ShardWriter(configuration.value(), new Path(dir), next, metadata, rowTokens);
          path = next;
        }
        ByteBuffer tokens = ByteBuffer.wrap(document.getAs(4)).order(ByteOrder.LITTLE_ENDIAN);
        writer.add(tokens.asIntBuffer(), document.getLong(3));
      }
      if (writer != null) {
        written.add(row(writer.finish()));
      }
      return written.iterator();
    } catch (IOException | RuntimeException e) {
      if (writer != null) {
        writer.abandon();
      }
      throw e;
    }
  }

  private static Row row(TokenFile file) {
    return RowFactory.create(
        file.path(),
        file.rows(),
        file.tokens(),
        file.documents(),
        file.textBytes(),
        file.crc32c(),
        file.bytes());
  }

  static TokenFile file(Row row) {
    return new TokenFile(
        row.getString(0),
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getString(5),
        row.getLong(6));
  }
}
