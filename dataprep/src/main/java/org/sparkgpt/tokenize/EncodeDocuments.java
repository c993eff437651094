package org.sparkgpt.tokenize;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Rows (id, text) to rows of {@link #SCHEMA}: one per document, two for the one that the tail split
 * cuts.
 */
final class EncodeDocuments implements MapPartitionsFunction<Row, Row> {
  static final String IS_VAL = "is_val";
  static final String PLACE = "place";
  static final String ID = "id";
  static final String TEXT_BYTES = "text_bytes";
  static final String TOKENS = "tokens";
  static final String TOKEN_COUNT = "token_count";

  /**
   * place: 63-bit hash of seed and id, which the order of the documents goes by; tokens: the ids,
   * closed by end-of-text, as little-endian int32; token_count: how many.
   */
  static final StructType SCHEMA =
      new StructType()
          .add(IS_VAL, DataTypes.BooleanType, false)
          .add(PLACE, DataTypes.LongType, false)
          .add(ID, DataTypes.StringType, false)
          .add(TEXT_BYTES, DataTypes.LongType, false)
          .add(TOKENS, DataTypes.BinaryType, false)
          .add(TOKEN_COUNT, DataTypes.LongType, false);

  /** Decides with the id alone what is held out, for all seeds and for ever. */
  private static final Hasher64 SPLIT_HASH = Hashing.xxh3_64(0x76616C69646174L);

  private final Tokenizer tokenizer;
  private final double valFraction;
  private final TailCut cut;
  private final long seed;
  private final boolean countOnly;

  /**
   * @param cut null to split by document
   * @param countOnly whether tokens stay empty
   */
  EncodeDocuments(
      Tokenizer tokenizer, double valFraction, TailCut cut, long seed, boolean countOnly) {
    this.tokenizer = tokenizer;
    this.valFraction = valFraction;
    this.cut = cut;
    this.seed = seed;
    this.countOnly = countOnly;
  }

  /** Whether the document is held out: a share of about {@code valFraction} of all ids is. */
  static boolean isHeldOut(String id, double valFraction) {
    return (SPLIT_HASH.hashCharsToLong(id) >>> 11) * 0x1p-53 < valFraction;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> documents) {
    return new Pieces(documents);
  }

  private final class Pieces implements Iterator<Row> {
    private final Iterator<Row> documents;
    private final Hasher64 order = Hashing.xxh3_64(seed);
    private Iterator<Row> pieces = Collections.emptyIterator();

    Pieces(Iterator<Row> documents) {
      this.documents = documents;
    }

    @Override
    public boolean hasNext() {
      while (!pieces.hasNext() && documents.hasNext()) {
        Row document = documents.next();
        pieces = pieces(document.getString(0), document.getString(1)).iterator();
      }
      return pieces.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return pieces.next();
    }

    private List<Row> pieces(String id, String text) {
      if (cut == null) {
        return List.of(piece(isHeldOut(id, valFraction), id, text));
      }
      int side = id.compareTo(cut.id());
      if (side != 0) {
        return List.of(piece(side > 0, id, text));
      }
      int end = text.offsetByCodePoints(0, Math.toIntExact(cut.characters()));
      List<Row> both = new ArrayList<>(2);
      if (end > 0) {
        both.add(piece(false, id, text.substring(0, end)));
      }
      both.add(piece(true, id, text.substring(end)));
      return both;
    }

    private Row piece(boolean isVal, String id, String text) {
      int[] ids;
      try {
        ids = tokenizer.encode(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("document " + id + ": " + e.getMessage(), e);
      }
      byte[] tokens = countOnly ? new byte[0] : bytes(ids);
      long count = (long) ids.length + (tokenizer.endOfText().isPresent() ? 1 : 0);
      long textBytes = text.getBytes(StandardCharsets.UTF_8).length;
      long place = order.hashCharsToLong(id) >>> 1;
      return RowFactory.create(isVal, place, id, textBytes, tokens, count);
    }

    private byte[] bytes(int[] ids) {
      OptionalInt endOfText = tokenizer.endOfText();
      int size = Math.addExact(ids.length, endOfText.isPresent() ? 1 : 0);
      ByteBuffer tokens =
          ByteBuffer.allocate(Math.multiplyExact(size, Integer.BYTES))
              .order(ByteOrder.LITTLE_ENDIAN);
      tokens.asIntBuffer().put(ids);
      endOfText.ifPresent(last -> tokens.putInt(Integer.BYTES * ids.length, last));
      return tokens.array();
    }
  }
}
