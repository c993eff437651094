package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

/** Parquet tables, by Spark's own reader; a row's source is {@code file#number}, from 1. */
final class ParquetInputs {
  private static final StructType READ =
      new StructType()
          .add(Document.TEXT, DataTypes.StringType, true)
          .add(Document.URL, DataTypes.StringType, true);

  private ParquetInputs() {}

  static Dataset<Row> read(
      SparkSession spark,
      Broadcast<SerializableConfiguration> hadoop,
      List<InputFile> files,
      IngestConfig config) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    check(sc, hadoop, files);
    Map<String, String> sources =
        files.stream()
            .collect(Collectors.toMap(InputFile::path, InputFile::source, (first, same) -> first));
    String[] paths =
        sources.keySet().stream().sorted().map(ParquetInputs::literal).toArray(String[]::new);
    return spark
        .read()
        .schema(READ)
        .option("recursiveFileLookup", true) // else a directory named a=b becomes a column
        .parquet(paths)
        .selectExpr(
            Document.TEXT,
            Document.URL,
            "_metadata.file_path AS path",
            "_metadata.row_index AS row")
        .map(
            (MapFunction<Row, Row>) new Judge(sc.broadcast(sources), config.maxDocumentBytes()),
            Encoders.row(Verdict.appendTo(Document.SCHEMA)));
  }

  /** Spark takes paths for globs. */
  private static String literal(String path) {
    return path.replaceAll("[*?\\[\\]{}\\\\]", "\\\\$0");
  }

  private static void check(
      JavaSparkContext sc, Broadcast<SerializableConfiguration> hadoop, List<InputFile> files) {
    sc.setJobDescription("ingest: check the footers of " + files.size() + " Parquet files");
    try {
      List<String> faults =
          sc.parallelize(files, Math.min(files.size(), 4 * sc.defaultParallelism()))
              .map(new FindFault(hadoop))
              .filter(fault -> !fault.isEmpty())
              .take(1);
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(faults.get(0));
      }
    } finally {
      sc.setJobDescription(null);
    }
  }

  /** Says what is wrong with a file, or nothing. */
  private static final class FindFault implements Function<InputFile, String> {
    private final Broadcast<SerializableConfiguration> hadoop;

    FindFault(Broadcast<SerializableConfiguration> hadoop) {
      this.hadoop = hadoop;
    }

    @Override
    public String call(InputFile file) {
      Configuration conf = hadoop.value().value();
      requireReadable(conf, file);
      MessageType schema;
      try (ParquetFileReader reader =
          ParquetFileReader.open(HadoopInputFile.fromPath(new Path(file.path()), conf))) {
        schema = reader.getFileMetaData().getSchema();
      } catch (IOException | RuntimeException e) {
        return file.source() + ": not a complete Parquet file; write it again or exclude it";
      }
      return faultOf(schema, Document.TEXT, file)
          .concat(schema.containsField(Document.URL) ? faultOf(schema, Document.URL, file) : "");
    }

    /** Storage that fails is no fault of the file. */
    private static void requireReadable(Configuration conf, InputFile file) {
      Path path = new Path(file.path());
      try {
        FileSystem fs = path.getFileSystem(conf);
        fs.open(path).close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot open " + file.source() + ": " + e.getMessage(), e);
      }
    }

    private static String faultOf(MessageType schema, String column, InputFile file) {
      if (!schema.containsField(column)) {
        return file.source()
            + ": no column "
            + column
            + " but "
            + schema.getFields().stream().map(Type::getName).toList()
            + "; rename the column that holds the documents to "
            + column;
      }
      Type type = schema.getType(column);
      boolean isString =
          type.isPrimitive()
              && !type.isRepetition(Type.Repetition.REPEATED)
              && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
      return isString
          ? ""
          : file.source() + ": column " + column + " must hold strings, found " + type;
    }
  }

  private static final class Judge implements MapFunction<Row, Row> {
    private final Broadcast<Map<String, String>> sources;
    private final long maxBytes;

    Judge(Broadcast<Map<String, String>> sources, long maxBytes) {
      this.sources = sources;
      this.maxBytes = maxBytes;
    }

    @Override
    public Row call(Row row) {
      String source = sourceOf(row.getString(2)) + "#" + (row.getLong(3) + 1);
      try {
        if (row.isNullAt(0)) {
          throw RejectedException.noText();
        }
        String text = row.getString(0);
        long bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > maxBytes) {
          throw RejectedException.tooLarge(bytes, maxBytes);
        }
        return SliceRows.judged(Document.of(text, source, row.getString(1)));
      } catch (RejectedException e) {
        return SliceRows.rejected(source, e);
      }
    }

    /** Spark gives the path as a URI, in which blanks and the like are escaped. */
    private String sourceOf(String uri) {
      Map<String, String> known = sources.value();
      String path = new Path(java.net.URI.create(uri)).toString();
      return known.getOrDefault(path, known.getOrDefault(uri, uri));
    }
  }
}
