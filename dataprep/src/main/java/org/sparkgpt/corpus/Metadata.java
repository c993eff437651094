package org.sparkgpt.corpus;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a document says of itself, as far as it does; each may be null.
 *
 * @param title of the work or page
 * @param author or authors, as written
 * @param published when, as ISO 8601: a date, or a date and time
 * @param language that the document declares, a BCP 47 tag such as {@code en-GB}
 * @param canonicalUrl the address that the page gives as its own
 * @param licence the address of the licence that the document is under
 */
public record Metadata(
    String title,
    String author,
    String published,
    String language,
    String canonicalUrl,
    String licence) {
  public static final Metadata NONE = new Metadata(null, null, null, null, null, null);

  public static final StructType SCHEMA =
      new StructType()
          .add("title", DataTypes.StringType, true)
          .add("author", DataTypes.StringType, true)
          .add("published", DataTypes.StringType, true)
          .add("language", DataTypes.StringType, true)
          .add("canonical_url", DataTypes.StringType, true)
          .add("licence", DataTypes.StringType, true);

  /** {@code row} may be null, which is {@link #NONE}. */
  static Metadata fromRow(Row row) {
    return row == null
        ? NONE
        : new Metadata(
            row.getString(0),
            row.getString(1),
            row.getString(2),
            row.getString(3),
            row.getString(4),
            row.getString(5));
  }

  /** Null if there is nothing in it. */
  Row toRow() {
    return equals(NONE)
        ? null
        : RowFactory.create(title, author, published, language, canonicalUrl, licence);
  }
}
