package org.sparkgpt.tokenize;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * A token shard in Parquet: one column {@code input_ids}, list&lt;int32&gt; with nothing null,
 * which any Parquet reader opens. zstd; ids {@code PLAIN} in version 1 data pages, so that decoding
 * is copying; the file's metadata carries the tokenizer's digest, vocabulary size and end-of-text
 * id, the seed and the format version.
 */
final class ShardFormat {
  static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message tokens {
            required group input_ids (LIST) {
              repeated group list { required int32 element; }
            }
          }
          """);

  private static final long ROW_GROUP_BYTES = 128L << 20;
  private static final int PAGE_BYTES = 1 << 20;

  private ShardFormat() {}

  /** The metadata that every shard carries. */
  static Map<String, String> metadata(Tokenizer tokenizer, long seed) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("sparkgpt.format.version", Integer.toString(TokenManifest.FORMAT_VERSION));
    metadata.put("sparkgpt.tokenizer.digest", tokenizer.digest());
    metadata.put("sparkgpt.vocabulary.size", Integer.toString(tokenizer.vocabularySize()));
    tokenizer
        .endOfText()
        .ifPresent(id -> metadata.put("sparkgpt.end_of_text.id", Integer.toString(id)));
    metadata.put("sparkgpt.seed", Long.toString(seed));
    return metadata;
  }

  static ParquetWriter<int[]> writer(
      OutputFile file, Map<String, String> metadata, int rowTokens, Configuration configuration)
      throws IOException {
    // Parquet looks at sizes only every so many rows; ours may be long.
    int rowsPerCheck = Math.max(1, PAGE_BYTES / Integer.BYTES / rowTokens);
    return new Builder(file, metadata)
        .withConf(configuration)
        .withWriterVersion(WriterVersion.PARQUET_1_0)
        .withCompressionCodec(CompressionCodecName.ZSTD)
        .withDictionaryEncoding(false)
        .withPageSize(PAGE_BYTES)
        .withRowGroupSize(ROW_GROUP_BYTES)
        .withMinRowCountForPageSizeCheck(rowsPerCheck)
        .withMaxRowCountForPageSizeCheck(rowsPerCheck)
        .build();
  }

  private static final class Builder extends ParquetWriter.Builder<int[], Builder> {
    private final Map<String, String> metadata;

    Builder(OutputFile file, Map<String, String> metadata) {
      super(file);
      this.metadata = metadata;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<int[]> getWriteSupport(Configuration configuration) {
      return new RowSupport(metadata);
    }
  }

  /** Hands a row, never empty, to Parquet. */
  private static final class RowSupport extends WriteSupport<int[]> {
    private final Map<String, String> metadata;
    private RecordConsumer consumer;

    RowSupport(Map<String, String> metadata) {
      this.metadata = metadata;
    }

    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(SCHEMA, metadata);
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      this.consumer = consumer;
    }

    @Override
    public void write(int[] row) {
      consumer.startMessage();
      consumer.startField("input_ids", 0);
      consumer.startGroup();
      consumer.startField("list", 0);
      for (int id : row) {
        consumer.startGroup();
        consumer.startField("element", 0);
        consumer.addInteger(id);
        consumer.endField("element", 0);
        consumer.endGroup();
      }
      consumer.endField("list", 0);
      consumer.endGroup();
      consumer.endField("input_ids", 0);
      consumer.endMessage();
    }
  }
}
