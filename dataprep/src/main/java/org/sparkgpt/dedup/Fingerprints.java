package org.sparkgpt.dedup;

import static org.sparkgpt.dedup.Corpus.TIE;
import static org.sparkgpt.dedup.Node.NODE;
import static org.sparkgpt.dedup.Signatures.CONTENT;
import static org.sparkgpt.dedup.Signatures.PAGE;

import java.nio.ByteBuffer;
import java.util.Iterator;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;

/**
 * What the search knows of each document without its text: node, hash of the content, page and time
 * of fetching, band keys.
 */
final class Fingerprints {
  private static final StructType SCHEMA =
      new StructType()
          .add(Document.ID, DataTypes.StringType, false)
          .add(NODE, DataTypes.BinaryType, false)
          .add(TIE, DataTypes.LongType, false)
          .add(CONTENT, DataTypes.BinaryType, false)
          .add(PAGE, DataTypes.BinaryType, true)
          .add(Document.FETCHED, DataTypes.LongType, true)
          .add(NearDuplicates.KEYS, DataTypes.BinaryType, true);

  private Fingerprints() {}

  /** A row for each document. */
  static Dataset<Row> of(Corpus corpus, DedupConfig config, long seed) {
    return corpus
        .table()
        .sparkSession()
        .createDataFrame(
            corpus
                .rows()
                .mapPartitionsWithIndex(
                    new Take(corpus, config, new MinHash(config.minHash(), seed)), true),
            SCHEMA);
  }

  /** The same of earlier runs' documents. */
  static Dataset<Row> of(Earlier earlier) {
    return earlier
        .signatures()
        .select(
            functions.col(Document.ID),
            Node.earlier(functions.col(Document.ID)).as(NODE),
            functions.lit(0L).as(TIE),
            functions.col(CONTENT),
            functions.col(PAGE),
            functions.col(Document.FETCHED),
            functions.col(NearDuplicates.KEYS));
  }

  private static final class Take implements Function2<Integer, Iterator<Row>, Iterator<Row>> {
    private final MinHashConfig config;
    private final MinHash minHash;
    private final int id;
    private final int text;
    private final int tie;
    private final int url; // -1 if pages do not matter or are not known
    private final int fetched;
    private final int score; // -1 if it does not matter

    Take(Corpus corpus, DedupConfig config, MinHash minHash) {
      this.config = config.minHash();
      this.minHash = minHash;
      id = corpus.index(Document.ID);
      text = corpus.index(Document.TEXT);
      tie = corpus.index(TIE);
      boolean dated = config.url() && corpus.has(Document.FETCHED);
      url = dated ? corpus.index(Document.URL) : -1;
      fetched = dated ? corpus.index(Document.FETCHED) : -1;
      score = config.keep() == Keep.QUALITY ? corpus.index(Deduplication.QUALITY_SCORE) : -1;
    }

    @Override
    public Iterator<Row> call(Integer place, Iterator<Row> documents) {
      Shingles shingles = new Shingles(config);
      int[] signature = new int[config.hashes()];
      long[] keys = new long[config.bands()];
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return documents.hasNext();
        }

        @Override
        public Row next() {
          Row row = documents.next();
          byte[] bytes = null;
          if (minHash.sign(signature, shingles, row.getString(text))) {
            minHash.bandKeys(keys, signature);
            ByteBuffer buffer = ByteBuffer.allocate(keys.length * Long.BYTES);
            buffer.asLongBuffer().put(keys);
            bytes = buffer.array();
          }
          boolean dated = url >= 0 && !row.isNullAt(url) && !row.isNullAt(fetched);
          return RowFactory.create(
              row.get(id),
              node(row, place),
              row.get(tie),
              ContentHash.of(row.getString(text)),
              dated ? PageVersions.pageOf(row.getString(url)) : null,
              dated ? row.get(fetched) : null,
              bytes);
        }
      };
    }

    private byte[] node(Row row, int place) {
      if (score < 0) {
        return Node.of(row.getString(id), place);
      }
      return Node.of(row.getString(id), place, row.isNullAt(score) ? null : row.getDouble(score));
    }
  }
}
