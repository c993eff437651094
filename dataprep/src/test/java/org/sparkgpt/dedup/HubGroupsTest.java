package org.sparkgpt.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

/** Documents of one word, so that two are alike if they are equal. */
class HubGroupsTest {
  private static final String OLD = "old";

  @Test
  void whatIsUnlikeAHubIsComparedWithTheNextOne() {
    assertThat(
            judge(
                2,
                member("1", "1", "x", bucket(7, 5)),
                member("1", "2", "y", bucket(7, 5)),
                member("1", "3", "x", bucket(7, 5)),
                member("1", "4", "y", bucket(7, 5)),
                member("1", "5", "z", bucket(7, 5))))
        .containsExactly("2-1 0.0", "3-1 1.0", "4-1 0.0", "4-2 1.0", "5-1 0.0", "5-2 0.0");
  }

  @Test
  void aPairThatSharesSeveralBucketsIsComparedOnce() {
    assertThat(
            judge(
                3,
                member("1", "1", "x", bucket(7, 3), bucket(8, 3)),
                member("1", "2", "y", bucket(7, 3)),
                member("1", "2", "y", bucket(8, 3)),
                member("1", "3", "y", bucket(8, 3), bucket(7, 3))))
        .containsExactly("2-1 0.0", "3-1 0.0", "3-2 1.0");
  }

  @Test
  void bucketsOfAGroupAndGroupsAreApart() {
    assertThat(
            judge(
                3,
                member("1", "1", "x", bucket(7, 2), bucket(8, 2)),
                member("1", "3", "y", bucket(7, 2)),
                member("1", "4", "y", bucket(8, 2)), // never meets 3
                member("2", "2", "y", bucket(9, 2)),
                member("2", "4", "y", bucket(9, 2))))
        .containsExactly("3-1 0.0", "4-1 0.0", "4-2 1.0");
  }

  @Test
  void aBucketWithDocumentsThatWereNotComparedIsHot() {
    assertThat(
            judge(
                1,
                member("1", "1", "x", bucket(7, 3), bucket(8, 2)),
                member("1", "2", "y", bucket(7, 3), bucket(8, 2)), // alone in 8: nothing missed
                member("1", "3", "y", bucket(7, 3))))
        .containsExactly("2-1 0.0", "3-1 0.0", "hot 2");
  }

  @Test
  void documentsOfEarlierRunsAreHubsAndNeverCompared() {
    assertThat(
            judge(
                2,
                member(OLD + "1", OLD + "1", "x", bucket(7, 5)),
                member(OLD + "1", OLD + "2", "x", bucket(7, 5)),
                member(OLD + "1", "3", "x", bucket(7, 5)), // and an earlier one that is no hub
                member(OLD + "1", "4", "y", bucket(7, 5))))
        .containsExactly("3-old1 1.0", "4-old1 0.0", "4-old2 0.0", "hot 2");
  }

  @Test
  void aHubWithoutItsTextIsAnError() {
    assertThatThrownBy(() -> judge(2, member(OLD + "1", "3", "x", bucket(7, 2))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "dedup: document 00000000000000000000000000000001 has a signature and no text: the"
                + " documents of an earlier run are not those that its signatures were made of");
  }

  private static byte[] bucket(long key, int size) {
    return HubGroups.bucket(key, size);
  }

  private static Row member(String hub, String node, String text, byte[]... buckets) {
    ByteBuffer all = ByteBuffer.allocate(buckets.length * buckets[0].length);
    List.of(buckets).forEach(all::put);
    return RowFactory.create(node(hub), node(node), all.array(), HubGroups.packed(text));
  }

  private static byte[] node(String name) {
    String id = "0".repeat(31) + name.charAt(name.length() - 1);
    return name.startsWith(OLD) ? Node.earlier(id) : Node.of(id, 0);
  }

  private static String name(byte[] node) {
    return (Node.isOwn(node) ? "" : OLD) + Node.id(node).substring(31);
  }

  private static List<String> judge(int maxHubs, Row... members) {
    DedupConfig config =
        new DedupConfig(
            true, MinHashProfile.FINEWEB, 1, 2, 1, true, null, maxHubs, Keep.ID, List.of());
    Iterator<Row> judged = new HubGroups(config).call(List.of(members).iterator());
    List<String> found = new ArrayList<>();
    while (judged.hasNext()) {
      Row row = judged.next();
      found.add(
          row.isNullAt(0)
              ? "hot " + row.getInt(3)
              : name(row.getAs(0)) + "-" + name(row.getAs(1)) + " " + row.getDouble(2));
    }
    return found;
  }
}
