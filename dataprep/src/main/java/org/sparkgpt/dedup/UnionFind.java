package org.sparkgpt.dedup;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Connected components of a graph in memory. A component is a tree of which the smallest node is
 * the root; paths to it are halved on the way (Tarjan and van Leeuwen, 1984), so an edge costs
 * O(log n) on average.
 */
final class UnionFind {
  private final Map<ByteBuffer, Integer> numbers = new HashMap<>();
  private final List<byte[]> nodes = new ArrayList<>();
  private int[] parents = new int[1024];

  private UnionFind() {}

  /**
   * (node, root) of every node that has an edge to another, each once: the smallest node, as
   * unsigned bytes, of its component.
   *
   * @param edges two binary columns, the ends
   */
  static Iterator<Row> roots(Iterator<Row> edges) {
    UnionFind graph = new UnionFind();
    while (edges.hasNext()) {
      Row edge = edges.next();
      byte[] a = edge.getAs(0);
      byte[] b = edge.getAs(1);
      if (!Arrays.equals(a, b)) {
        graph.unite(graph.find(graph.number(a)), graph.find(graph.number(b)));
      }
    }
    return graph.roots();
  }

  private int number(byte[] node) {
    Integer known = numbers.putIfAbsent(ByteBuffer.wrap(node), nodes.size());
    if (known != null) {
      return known;
    }
    int number = nodes.size();
    nodes.add(node);
    if (number == parents.length) {
      parents = Arrays.copyOf(parents, 2 * number);
    }
    parents[number] = number;
    return number;
  }

  private int find(int node) {
    while (parents[node] != node) {
      parents[node] = parents[parents[node]];
      node = parents[node];
    }
    return node;
  }

  private void unite(int root, int otherRoot) {
    boolean isFirst = Arrays.compareUnsigned(nodes.get(root), nodes.get(otherRoot)) < 0;
    parents[isFirst ? otherRoot : root] = isFirst ? root : otherRoot;
  }

  private Iterator<Row> roots() {
    return IntStream.range(0, nodes.size())
        .mapToObj(node -> RowFactory.create(nodes.get(node), nodes.get(find(node))))
        .iterator();
  }
}
