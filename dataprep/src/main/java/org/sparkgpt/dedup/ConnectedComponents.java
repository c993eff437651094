package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.min;

import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Connected components. A small graph's are found in one task, by {@link UnionFind}: rounds of
 * Spark jobs would take seconds for what takes milliseconds. Others are found by alternating
 * large-star and small-star (Kiveris et al., Connected Components in MapReduce and Beyond, 2014)
 * until no edge changes. Every step is a shuffle of the edges and nothing else: no node's
 * neighbours are ever held together in memory, and no step leaves more edges than it found, so one
 * node with a million neighbours is no special case.
 */
final class ConnectedComponents {
  static final String NODE = "node";
  static final String ROOT = "root";

  /** An edge runs from its greater to its smaller end. */
  private static final String HIGH = "high";

  private static final String LOW = "low";

  private static final StructType ROOTS =
      new StructType()
          .add(NODE, DataTypes.BinaryType, false)
          .add(ROOT, DataTypes.BinaryType, false);

  /** Edges that one task takes: at most some 60 MB of its heap. */
  private static final int SMALL = 200_000;

  private ConnectedComponents() {}

  /**
   * Finds the smallest node of each node's component.
   *
   * @param edges two binary columns, the ends of undirected edges, in any order; edges from a node
   *     to itself say nothing
   * @param atMost there are no more edges than this
   * @return ({@link #NODE}, {@link #ROOT}) of every node that has an edge to another, the roots
   *     included, each once
   */
  static Snapshot of(Dataset<Row> edges, long atMost) {
    Dataset<Row> named = edges.toDF(HIGH, LOW);
    return atMost <= SMALL ? united(named) : contracted(named);
  }

  private static Snapshot united(Dataset<Row> edges) {
    Dataset<Row> roots =
        edges
            .coalesce(1)
            .mapPartitions((MapPartitionsFunction<Row, Row>) UnionFind::roots, Encoders.row(ROOTS));
    return Snapshot.take(roots, "components: in one task");
  }

  private static Snapshot contracted(Dataset<Row> edges) {
    Snapshot current = Snapshot.take(oriented(edges), "components: round 0");
    try {
      for (int round = 1; current.count() > 0; round++) {
        Dataset<Row> contracted = smallStar(largeStar(current.rows()));
        Snapshot next = Snapshot.take(contracted, "components: round " + round);
        Snapshot previous = current;
        current = next;
        try (previous) {
          if (next.hasRowsOf(previous)) {
            break;
          }
        }
      }
      return Snapshot.take(withRoots(current.rows()), "components: result");
    } finally {
      current.close();
    }
  }

  /** Joins every node's greater neighbours to its smallest one, or to itself. */
  private static Dataset<Row> largeStar(Dataset<Row> edges) {
    Dataset<Row> arcs =
        edges
            .select(col(HIGH).as("from"), col(LOW).as("to"))
            .unionAll(edges.select(col(LOW).as("from"), col(HIGH).as("to")));
    WindowSpec node = Window.partitionBy("from");
    return arcs.withColumn("least", least(col("from"), min("to").over(node)))
        .where(col("to").gt(col("from")))
        .select(col("to").as(HIGH), col("least").as(LOW)); // small-star removes repeats
  }

  /** Joins every node and its smaller neighbours to the smallest of these. */
  private static Dataset<Row> smallStar(Dataset<Row> edges) {
    WindowSpec node = Window.partitionBy(HIGH);
    Dataset<Row> stars = edges.withColumn("least", min(LOW).over(node));
    Dataset<Row> nodes = stars.select(col(HIGH), col("least").as(LOW));
    Dataset<Row> neighbours = stars.select(col(LOW).as(HIGH), col("least").as(LOW));
    return oriented(nodes.unionAll(neighbours));
  }

  private static Dataset<Row> oriented(Dataset<Row> edges) {
    return edges
        .where(col(HIGH).notEqual(col(LOW)))
        .select(greatest(col(HIGH), col(LOW)).as(HIGH), least(col(HIGH), col(LOW)).as(LOW))
        .distinct();
  }

  private static Dataset<Row> withRoots(Dataset<Row> stars) {
    Dataset<Row> members = stars.select(col(HIGH).as(NODE), col(LOW).as(ROOT));
    Dataset<Row> roots = stars.select(col(LOW).as(NODE), col(LOW).as(ROOT)).distinct();
    return members.unionAll(roots);
  }
}
