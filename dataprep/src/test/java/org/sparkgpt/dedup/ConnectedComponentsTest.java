package org.sparkgpt.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkgpt.scrape.TinySpark;

class ConnectedComponentsTest {
  private static final StructType EDGES =
      new StructType().add("a", DataTypes.BinaryType).add("b", DataTypes.BinaryType);

  private static SparkSession spark;

  @BeforeAll
  static void openSpark() {
    spark = TinySpark.open("local[2]");
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  @Test
  void noEdgesNoComponents() {
    assertComponents(List.of());
  }

  @Test
  void anEdgeToItselfSaysNothing() {
    assertThat(roots(List.of(edge("x", "x"), edge("x", "y"))))
        .containsExactly(Map.entry("x", "x"), Map.entry("y", "x"));
  }

  @Test
  void graphsHaveTheComponentsThatUnionFindSees() {
    SplittableRandom random = new SplittableRandom(3);
    List<Row> edges = new ArrayList<>();
    for (int count : new int[] {150, 400}) { // around the point where a giant component appears
      for (int e = 0; e < count; e++) {
        edges.add(
            edge(
                name("random" + count, random.nextInt(500)),
                name("random" + count, random.nextInt(500))));
      }
    }
    List<String> chain =
        new ArrayList<>(IntStream.range(0, 100).mapToObj(i -> name("chain", i)).toList());
    for (int i = chain.size() - 1; i > 0; i--) {
      Collections.swap(chain, i, random.nextInt(i + 1));
    }
    IntStream.range(1, chain.size()).forEach(i -> edges.add(edge(chain.get(i - 1), chain.get(i))));
    IntStream.range(0, 5000).forEach(i -> edges.add(edge(name("star", 4999), name("star", i))));
    assertComponents(edges);
  }

  private static String name(String graph, int i) {
    return String.format("%s-%05d", graph, i);
  }

  private static Row edge(String a, String b) {
    return RowFactory.create(a, b);
  }

  private static void assertComponents(List<Row> edges) {
    Map<String, String> expected = new TreeMap<>();
    Map<String, String> parents = new HashMap<>();
    for (Row edge : edges) {
      String a = find(parents, edge.getString(0));
      String b = find(parents, edge.getString(1));
      parents.put(a.compareTo(b) < 0 ? b : a, a.compareTo(b) < 0 ? a : b);
    }
    for (Row edge : edges) {
      if (!edge.getString(0).equals(edge.getString(1))) {
        expected.put(edge.getString(0), find(parents, edge.getString(0)));
        expected.put(edge.getString(1), find(parents, edge.getString(1)));
      }
    }
    assertThat(roots(edges)).isEqualTo(expected);
  }

  private static String find(Map<String, String> parents, String node) {
    String parent = parents.getOrDefault(node, node);
    return parent.equals(node) ? node : find(parents, parent);
  }

  private static Map<String, String> roots(List<Row> edges) {
    Map<String, String> roots = roots(edges, edges.size());
    assertThat(roots(edges, Long.MAX_VALUE)).as("distributed").isEqualTo(roots);
    return roots;
  }

  private static Map<String, String> roots(List<Row> edges, long atMost) {
    List<Row> bytes =
        edges.stream()
            .map(
                edge ->
                    RowFactory.create(
                        edge.getString(0).getBytes(StandardCharsets.UTF_8),
                        edge.getString(1).getBytes(StandardCharsets.UTF_8)))
            .toList();
    Map<String, String> roots = new TreeMap<>();
    try (Snapshot found = ConnectedComponents.of(spark.createDataFrame(bytes, EDGES), atMost)) {
      for (Row row : found.rows().collectAsList()) {
        assertThat(roots.put(text(row, 0), text(row, 1))).as("each node once").isNull();
      }
    }
    return roots;
  }

  private static String text(Row row, int column) {
    return new String(row.<byte[]>getAs(column), StandardCharsets.UTF_8);
  }
}
