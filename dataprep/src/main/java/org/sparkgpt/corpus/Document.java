package org.sparkgpt.corpus;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A document of the corpus, as it passes from stage to stage.
 *
 * @param id 32 hex digits, a hash of the text as it was ingested: see {@link #idOf}
 * @param text never null; empty texts are rejected at ingestion
 * @param source where it was read: file, and the entry inside an archive after {@code !/}
 * @param url the page's address, or null if it did not come from the web
 * @param metadata what the document says of itself
 * @param fetched when the page was fetched, in milliseconds since 1970 (UTC); null if that is not
 *     known, as for all that did not come from a web archive
 */
public record Document(
    String id, String text, String source, String url, Metadata metadata, Long fetched) {
  public static final String ID = "id";
  public static final String TEXT = "text";
  public static final String SOURCE = "source";
  public static final String URL = "url";
  public static final String METADATA = "metadata";
  public static final String FETCHED = "fetched";

  public static final StructType SCHEMA =
      new StructType()
          .add(ID, DataTypes.StringType, false)
          .add(TEXT, DataTypes.StringType, false)
          .add(SOURCE, DataTypes.StringType, false)
          .add(URL, DataTypes.StringType, true)
          .add(METADATA, Metadata.SCHEMA, true)
          .add(FETCHED, DataTypes.LongType, true);

  public static Document of(String text, String source, String url) {
    return of(text, source, url, Metadata.NONE);
  }

  public static Document of(String text, String source, String url, Metadata metadata) {
    return of(text, source, url, metadata, null);
  }

  public static Document of(
      String text, String source, String url, Metadata metadata, Long fetched) {
    return new Document(idOf(text), text, source, url, metadata, fetched);
  }

  /** The columns of a document in a row that may have others; older tables have no times. */
  public static Document fromRow(Row row) {
    return new Document(
        row.getAs(ID),
        row.getAs(TEXT),
        row.getAs(SOURCE),
        row.getAs(URL),
        Metadata.fromRow(row.getAs(METADATA)),
        row.schema().getFieldIndex(FETCHED).isEmpty() ? null : row.getAs(FETCHED));
  }

  public Row toRow() {
    return RowFactory.create(id, text, source, url, metadata.toRow(), fetched);
  }

  /**
   * The row with the columns of a verdict behind it.
   *
   * @param verdict null if the document is kept
   */
  public Row toRow(Verdict verdict) {
    boolean kept = verdict == null;
    return RowFactory.create(
        id,
        text,
        source,
        url,
        metadata.toRow(),
        fetched,
        kept ? null : verdict.reason(),
        kept ? null : verdict.value(),
        kept ? null : verdict.threshold());
  }

  /**
   * The id that a text has wherever and whenever it is read: Murmur3-128 of its UTF-8 bytes, in
   * hex. Part of what is stored: changing it makes every earlier output stale.
   */
  public static String idOf(String text) {
    HashValue128 hash =
        Hashing.murmur3_128().hashBytesTo128Bits(text.getBytes(StandardCharsets.UTF_8));
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(hash.getMostSignificantBits())
        + hex.toHexDigits(hash.getLeastSignificantBits());
  }
}
