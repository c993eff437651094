package org.sparkgpt.dedup;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;

/**
 * Compares the documents of all buckets that have one first hub, in one pass over their texts in
 * the order of their nodes. In each bucket the documents that are like none before them become hubs
 * themselves until there are {@code dedup.maxHubs}. In memory are one text and the sets of the
 * hubs: bands * (maxHubs - 1) + 1 at most, however large the buckets.
 */
final class HubGroups implements MapPartitionsFunction<Row, Row> {
  static final String HUB = "hub";
  static final String SIMILARITY = "similarity";
  static final String LEFT = "left";

  /**
   * A document of the hub's buckets: the {@link #bucket}s that it shares with the hub, one after
   * the other, and its {@link #packed} text.
   */
  static final StructType MEMBERS =
      new StructType()
          .add(HUB, DataTypes.BinaryType, false)
          .add(Node.NODE, DataTypes.BinaryType, false)
          .add("buckets", DataTypes.BinaryType, false)
          .add(Document.TEXT, DataTypes.BinaryType, false);

  /**
   * Of a comparison the first three; of a hot bucket the last, how many documents are like no hub,
   * with those of earlier runs that were not looked at. The rest is null.
   */
  static final StructType JUDGED =
      new StructType()
          .add(Node.NODE, DataTypes.BinaryType, true)
          .add(HUB, DataTypes.BinaryType, true)
          .add(SIMILARITY, DataTypes.DoubleType, true)
          .add(LEFT, DataTypes.IntegerType, true);

  private static final int ZSTD_LEVEL = 3;

  private final MinHashConfig minHash;
  private final double threshold;
  private final int maxHubs;

  HubGroups(DedupConfig config) {
    minHash = config.minHash();
    threshold = config.threshold();
    maxHubs = config.maxHubs();
  }

  /**
   * @param size documents of the bucket, the hub and those of earlier runs included
   */
  static byte[] bucket(long key, int size) {
    return ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(key).putInt(size).array();
  }

  static byte[] packed(String text) {
    return Zstd.compress(text.getBytes(StandardCharsets.UTF_8), ZSTD_LEVEL);
  }

  private static String unpacked(byte[] packed) {
    int size = Math.toIntExact(Zstd.decompressedSize(packed));
    return new String(Zstd.decompress(packed, size), StandardCharsets.UTF_8);
  }

  /**
   * @param similarities to the hubs that it was compared with; each may be in several buckets
   */
  private record Member(byte[] node, int[] shingles, Map<Member, Double> similarities) {}

  private static final class Bucket {
    private final List<Member> hubs = new ArrayList<>();
    private int unseen; // members that have not come yet, or never come
    private int unlike; // documents that are like no hub, when there are enough of these

    Bucket(int size) {
      unseen = size;
    }
  }

  /**
   * @param members in the order of the first two columns, so that each hub's own text comes before
   *     the others'; a pair may come in several rows
   */
  @Override
  public Iterator<Row> call(Iterator<Row> members) {
    Group group = new Group();
    return new Flattened<>(members, group::add, group::end);
  }

  /** The buckets of the hub whose members are coming. */
  private final class Group {
    private final Shingles shingles = new Shingles(minHash);
    private final Map<Long, Bucket> buckets = new HashMap<>();
    private List<Row> judged = new ArrayList<>();
    private byte[] hub;
    private Member last;

    Iterator<Row> add(Row row) {
      byte[] node = row.getAs(1);
      if (!Arrays.equals(hub, row.<byte[]>getAs(0))) {
        close();
        hub = row.getAs(0);
        requireText(node);
      }
      if (last == null || !Arrays.equals(last.node, node)) {
        int[] set = shingles.distinct(unpacked(row.getAs(3)));
        last = new Member(node, set, new IdentityHashMap<>());
      }
      ByteBuffer shared = ByteBuffer.wrap(row.getAs(2));
      while (shared.hasRemaining()) {
        long key = shared.getLong();
        int size = shared.getInt();
        join(last, buckets.computeIfAbsent(key, k -> new Bucket(size)));
      }
      return taken();
    }

    Iterator<Row> end() {
      close();
      return taken();
    }

    private Iterator<Row> taken() {
      Iterator<Row> rows = judged.iterator();
      judged = new ArrayList<>();
      return rows;
    }

    private void requireText(byte[] first) {
      if (!Arrays.equals(hub, first)) {
        throw new IllegalStateException(
            "dedup: document "
                + Node.id(hub)
                + " has a signature and no text: the documents of an earlier run are not those"
                + " that its signatures were made of");
      }
    }

    private void join(Member member, Bucket bucket) {
      bucket.unseen--;
      if (Node.isOwn(member.node) && isLikeAHub(member, bucket)) {
        return;
      }
      if (bucket.hubs.size() < maxHubs) {
        bucket.hubs.add(member);
      } else {
        bucket.unlike++;
      }
    }

    private boolean isLikeAHub(Member member, Bucket bucket) {
      for (Member hub : bucket.hubs) {
        Double similarity = member.similarities.get(hub);
        if (similarity == null) {
          similarity = Shingles.jaccard(hub.shingles, member.shingles);
          member.similarities.put(hub, similarity);
          judged.add(RowFactory.create(member.node, hub.node, similarity, null));
        }
        if (similarity >= threshold) {
          return true;
        }
      }
      return false;
    }

    /** Reports the hot ones among the buckets. */
    private void close() {
      for (Bucket bucket : buckets.values()) {
        int left = bucket.unlike + bucket.unseen;
        if (bucket.unlike > 0 && left > 1) {
          judged.add(RowFactory.create(null, null, null, left));
        }
      }
      buckets.clear();
      last = null;
    }
  }
}
