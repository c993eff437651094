package org.sparkgpt.tokenize;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.tokenize.TokenizeConfig.Split;

/**
 * A corpus as token shards:
 *
 * <pre>
 * train/part-00000-of-00004.parquet ...   see {@link ShardFormat}
 * val/part-00000-of-00001.parquet ...
 * _manifest.json                          written last; see {@link TokenManifest}
 * </pre>
 *
 * Each document is encoded, closed by {@code <|endoftext|>} if the tokenizer has it, given a place
 * by a hash of seed and id, and packed with its neighbours into rows. The files are byte for byte
 * the same whatever the partitions of the documents.
 */
public final class TokenShards {
  private TokenShards() {}

  /** Whether a document is held out for validation where whole documents are. */
  public static boolean isHeldOut(String id, double valFraction) {
    return EncodeDocuments.isHeldOut(id, valFraction);
  }

  /**
   * Encodes {@code documents} and writes their shards to {@code dir}; shards that were there go.
   *
   * @param documents with {@link Document#ID} and {@link Document#TEXT}
   * @throws IllegalArgumentException if train or val would be empty, or a document holds a
   *     character that the tokenizer does not know
   */
  public static TokenManifest write(
      Dataset<Row> documents, Tokenizer tokenizer, TokenizeConfig config, long seed, Path dir) {
    SparkContext context = documents.sparkSession().sparkContext();
    try {
      return encodeAndWrite(documents, tokenizer, config, seed, dir);
    } catch (IOException e) {
      throw new UncheckedIOException("token shards in " + dir + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // Spark throws its checked SparkException without declaring it
      throw mistakeIn(e);
    } finally {
      context.setJobDescription(null);
    }
  }

  /** What a task said about the user's input, or the failure itself. */
  private static RuntimeException mistakeIn(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IllegalArgumentException mistake) {
        return new IllegalArgumentException(mistake.getMessage(), failure);
      }
    }
    return new IllegalStateException("tokenize failed: " + failure.getMessage(), failure);
  }

  private static TokenManifest encodeAndWrite(
      Dataset<Row> documents, Tokenizer tokenizer, TokenizeConfig config, long seed, Path dir)
      throws Exception {
    SparkContext context = documents.sparkSession().sparkContext();
    Dataset<Row> texts = documents.select(Document.ID, Document.TEXT);
    context.setJobDescription("tokenize: find where validation begins");
    TailCut cut = config.split() == Split.TAIL ? TailCut.find(texts, config.valFraction()) : null;
    // Ids are made twice, first to count them: that is cheaper than keeping them in between.
    Dataset<Row> counted =
        encode(texts, tokenizer, config, cut, seed, true)
            .persist(StorageLevel.MEMORY_AND_DISK()); // a few bytes a document
    try {
      context.setJobDescription("tokenize: count tokens");
      long[] totals = totals(counted, config);
      ShardPlan plan = ShardPlan.of(counted, totals, config.shardTokens());
      Configuration configuration = context.hadoopConfiguration();
      FileSystem files = dir.getFileSystem(configuration);
      clear(files, dir);
      context.setJobDescription("tokenize: write " + plan.shards() + " shards");
      List<TokenFile> written =
          encode(texts, tokenizer, config, cut, seed, false)
              .withColumn(ShardPlan.PART, plan.part())
              .repartition(plan.shards(), col(EncodeDocuments.IS_VAL), col(ShardPlan.PART))
              .sortWithinPartitions(
                  EncodeDocuments.IS_VAL,
                  ShardPlan.PART,
                  EncodeDocuments.PLACE,
                  EncodeDocuments.ID,
                  EncodeDocuments.TOKENS)
              .mapPartitions(
                  new WriteShards(
                      new SerializableConfiguration(configuration),
                      dir,
                      plan,
                      ShardFormat.metadata(tokenizer, seed),
                      config.rowTokens()),
                  Encoders.row(WriteShards.WRITTEN))
              .collectAsList() // a row per shard
              .stream()
              .map(WriteShards::file)
              .sorted(Comparator.comparing(TokenFile::path))
              .toList();
      sweep(files, dir);
      TokenManifest manifest = manifest(tokenizer, seed, written);
      manifest.write(files, dir);
      return manifest;
    } finally {
      counted.unpersist();
    }
  }

  private static Dataset<Row> encode(
      Dataset<Row> texts,
      Tokenizer tokenizer,
      TokenizeConfig config,
      TailCut cut,
      long seed,
      boolean countOnly) {
    return texts.mapPartitions(
        new EncodeDocuments(tokenizer, config.valFraction(), cut, seed, countOnly),
        Encoders.row(EncodeDocuments.SCHEMA));
  }

  /** Tokens of train and of val, neither zero. */
  private static long[] totals(Dataset<Row> counted, TokenizeConfig config) {
    long[] documents = new long[2];
    long[] tokens = new long[2];
    List<Row> splits =
        counted
            .groupBy(EncodeDocuments.IS_VAL)
            .agg(count(lit(1)), sum(EncodeDocuments.TOKEN_COUNT))
            .collectAsList(); // two rows
    for (Row row : splits) {
      int split = row.getBoolean(0) ? 1 : 0;
      documents[split] = row.getLong(1);
      tokens[split] = row.getLong(2);
    }
    if (documents[0] + documents[1] == 0) {
      throw new IllegalArgumentException(
          "no documents to tokenize: the stage before kept none; see its _stage.json");
    }
    for (int split = 0; split < 2; split++) {
      if (tokens[split] == 0) {
        String name = split == 0 ? TokenManifest.TRAIN : TokenManifest.VAL;
        throw new IllegalArgumentException(
            "%s would get none of the %d documents: %s tokenize.valFraction (%s)%s"
                .formatted(
                    name,
                    documents[0] + documents[1],
                    split == 0 ? "lower" : "raise",
                    config.valFraction(),
                    config.split() == Split.DOCUMENT ? ", or set tokenize.split: tail" : ""));
      }
    }
    return tokens;
  }

  /** Removes what an earlier run left, the manifest first: from then on nothing is complete. */
  private static void clear(FileSystem files, Path dir) throws IOException {
    files.delete(new Path(dir, TokenManifest.NAME), false);
    for (String split : List.of(TokenManifest.TRAIN, TokenManifest.VAL)) {
      files.delete(new Path(dir, split), true);
      files.mkdirs(new Path(dir, split));
    }
  }

  /** Removes the temporary files of attempts that were killed. */
  private static void sweep(FileSystem files, Path dir) throws IOException {
    for (FileStatus status :
        files.globStatus(new Path(dir, "{train,val}/" + ShardWriter.TEMPORARY + "*"))) {
      files.delete(status.getPath(), false);
    }
  }

  private static TokenManifest manifest(Tokenizer tokenizer, long seed, List<TokenFile> written) {
    return new TokenManifest(
        TokenManifest.FORMAT_VERSION,
        tokenizer.digest(),
        tokenizer.vocabularySize(),
        tokenizer.endOfText().isPresent() ? tokenizer.endOfText().getAsInt() : null,
        seed,
        Map.of(
            TokenManifest.TRAIN, split(written, TokenManifest.TRAIN),
            TokenManifest.VAL, split(written, TokenManifest.VAL)));
  }

  private static TokenSplit split(List<TokenFile> written, String name) {
    return new TokenSplit(
        written.stream().filter(file -> file.path().startsWith(name + "/")).toList());
  }
}
