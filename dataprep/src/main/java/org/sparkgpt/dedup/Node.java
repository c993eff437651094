package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.udf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * A document among its duplicates, as bytes: the one whose bytes are the smallest (unsigned, as
 * Spark compares them) is kept. So whatever finds a least node, of a bucket or of a component,
 * follows the rule.
 *
 * <ol>
 *   <li>one byte: 0 for a document of an earlier run, which is always kept; 1 for one of this run
 *   <li>eight bytes, only if the best quality is kept: the score, inverted so that greater scores
 *       come first, those without one last
 *   <li>16 bytes: the id
 *   <li>four bytes: the partition of this run's documents where its text is; 0 for an earlier run's
 * </ol>
 */
final class Node {
  static final String NODE = "node";

  private static final int ID_BYTES = 16;
  private static final int PLACE_BYTES = Integer.BYTES;
  private static final byte[] OWN = {1};

  private Node() {}

  static byte[] earlier(String id) {
    return ByteBuffer.allocate(1 + ID_BYTES + PLACE_BYTES).put((byte) 0).put(bytes(id)).array();
  }

  static byte[] of(String id, int place) {
    return ByteBuffer.allocate(1 + ID_BYTES + PLACE_BYTES)
        .put(OWN)
        .put(bytes(id))
        .putInt(place)
        .array();
  }

  /**
   * @param score null or NaN if there is none
   */
  static byte[] of(String id, int place, Double score) {
    return ByteBuffer.allocate(1 + Double.BYTES + ID_BYTES + PLACE_BYTES)
        .put(OWN)
        .putLong(descending(score))
        .put(bytes(id))
        .putInt(place)
        .array();
  }

  private static long descending(Double score) {
    if (score == null || score.isNaN()) {
      return -1; // the greatest unsigned number
    }
    long bits = Double.doubleToLongBits(score);
    long ascending = bits ^ (bits >> 63 | Long.MIN_VALUE);
    return ~ascending;
  }

  private static byte[] bytes(String id) {
    if (id.length() != 2 * ID_BYTES) {
      throw new IllegalArgumentException("id '" + id + "': expected 32 hex digits");
    }
    return HexFormat.of().parseHex(id);
  }

  static int place(byte[] node) {
    return ByteBuffer.wrap(node).getInt(node.length - PLACE_BYTES);
  }

  static String id(byte[] node) {
    int end = node.length - PLACE_BYTES;
    return HexFormat.of().formatHex(node, end - ID_BYTES, end);
  }

  /** The id as a key of maps. */
  static ByteBuffer idOf(byte[] node) {
    return ByteBuffer.wrap(node, node.length - PLACE_BYTES - ID_BYTES, ID_BYTES).slice();
  }

  /** {@link #idOf(byte[])} of the nodes with this id. */
  static ByteBuffer idOf(String id) {
    return ByteBuffer.wrap(bytes(id));
  }

  /** All but the place: what says which of two documents is kept, wherever they lie. */
  static byte[] rank(byte[] node) {
    return Arrays.copyOf(node, node.length - PLACE_BYTES);
  }

  static boolean isOwn(byte[] node) {
    return node[0] == OWN[0];
  }

  static Column isOwn(Column node) {
    return node.geq(lit(OWN));
  }

  /** The id, as documents have it. */
  static Column id(Column node) {
    return lower(functions.hex(substring(node, -ID_BYTES - PLACE_BYTES, ID_BYTES)));
  }

  static Column place(Column node) {
    return udf((UDF1<byte[], Integer>) Node::place, DataTypes.IntegerType).apply(node);
  }

  static Column rank(Column node) {
    return udf((UDF1<byte[], byte[]>) Node::rank, DataTypes.BinaryType).apply(node);
  }

  static Column earlier(Column id) {
    return udf((UDF1<String, byte[]>) Node::earlier, DataTypes.BinaryType).apply(id);
  }
}
