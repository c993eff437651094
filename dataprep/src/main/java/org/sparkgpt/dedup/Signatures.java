package org.sparkgpt.dedup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;

/**
 * What a run stores of the documents it kept, so that later ones need not read them: {@code
 * _signatures} in the directory of its documents, which readers of these pass over. It holds
 *
 * <ul>
 *   <li>{@code _signatures.json}: {@code formatVersion} ({@link #FORMAT_VERSION}), {@code unit},
 *       {@code shingleLength}, {@code bands}, {@code rowsPerBand}, {@code seed}
 *   <li>Parquet (zstd) with a row for each document: {@code id} as the document has it; {@code
 *       content}, the 16 bytes of {@link ContentHash}; {@code page}, the 16 bytes of {@link
 *       PageVersions#pageOf}, and {@code fetched}, in milliseconds since 1970, both null if one is
 *       unknown; {@code keys}, the band keys of {@link MinHash} as big-endian 64-bit numbers, null
 *       if the text is shorter than a shingle
 * </ul>
 */
public final class Signatures {
  public static final int FORMAT_VERSION = 1;
  public static final String DIRECTORY = "_signatures";

  static final String CONTENT = "content";
  static final String PAGE = "page";

  static final StructType SCHEMA =
      new StructType()
          .add(Document.ID, DataTypes.StringType, false)
          .add(CONTENT, DataTypes.BinaryType, false)
          .add(PAGE, DataTypes.BinaryType, true)
          .add(Document.FETCHED, DataTypes.LongType, true)
          .add(NearDuplicates.KEYS, DataTypes.BinaryType, true);

  private static final String SETTINGS = "_signatures.json";
  private static final JsonMapper JSON = new JsonMapper();

  private Signatures() {}

  private record Settings(
      int formatVersion,
      ShingleUnit unit,
      int shingleLength,
      int bands,
      int rowsPerBand,
      long seed) {
    static Settings of(MinHashConfig config, long seed) {
      return new Settings(
          FORMAT_VERSION,
          config.unit(),
          config.shingleLength(),
          config.bands(),
          config.rowsPerBand(),
          seed);
    }
  }

  /**
   * Writes the signatures of the documents in {@code directory}.
   *
   * @param signatures {@link Deduplicated#signatures}
   */
  public static void write(
      Dataset<Row> signatures, MinHashConfig config, long seed, Path directory) {
    Path target = new Path(directory, DIRECTORY);
    SparkSession spark = signatures.sparkSession();
    spark.sparkContext().setJobDescription("dedup: write the signatures of what was kept");
    signatures.write().option("compression", "zstd").parquet(target.toString());
    spark.sparkContext().setJobDescription(null);
    try (OutputStream out = files(spark, target).create(new Path(target, SETTINGS))) {
      out.write(JSON.writeValueAsBytes(Settings.of(config, seed)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + target, e);
    }
  }

  /**
   * The signatures of the documents in {@code directory}.
   *
   * @throws IllegalArgumentException if there are none, or made with other settings
   */
  public static Dataset<Row> read(
      SparkSession spark, MinHashConfig config, long seed, Path directory) {
    Path target = new Path(directory, DIRECTORY);
    String again = "; run its dedup again with --overwrite, or leave it out of dedup.against";
    try (InputStream in = files(spark, target).open(new Path(target, SETTINGS))) {
      Settings found = JSON.readValue(in.readAllBytes(), Settings.class);
      Settings wanted = Settings.of(config, seed);
      if (!found.equals(wanted)) {
        throw new IllegalArgumentException(
            target + ": made with " + found + ", this run has " + wanted + again);
      }
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(target + ": not there" + again, e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          target + ": damaged, or another build's: " + e.getOriginalMessage() + again, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + target, e);
    }
    return spark.read().schema(SCHEMA).parquet(target.toString());
  }

  private static FileSystem files(SparkSession spark, Path path) throws IOException {
    Configuration conf = spark.sessionState().newHadoopConf();
    return path.getFileSystem(conf);
  }
}
