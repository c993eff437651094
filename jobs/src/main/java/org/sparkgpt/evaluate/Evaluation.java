package org.sparkgpt.evaluate;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.Gpt;
import org.sparkgpt.train.Slots;
import org.sparkgpt.train.TokenSource;
import org.sparkgpt.train.TrainingData;
import scala.Tuple2;

/**
 * Mean loss over all of a split: each shard is cut into consecutive windows of {@code
 * model.context} tokens, the last one shorter, so that every token but a shard's first is predicted
 * once. Windows are spread over Spark tasks; each reads the parameters from the checkpoint itself.
 */
public final class Evaluation {
  /** Windows of one partial sum: fixed, so that the result does not depend on the tasks. */
  private static final int UNIT = 64;

  private Evaluation() {}

  /** Windows [first, first + UNIT) of a shard, as far as there are any. */
  private record Unit(int shard, long first) implements java.io.Serializable {}

  /** Evaluates {@code checkpoint} on {@code data}. */
  public static EvaluationReport run(
      JavaSparkContext spark, Checkpoint checkpoint, TrainingData data, EvaluationConfig config) {
    long begin = System.nanoTime();
    data.requireFits(checkpoint.model().vocabulary());
    int context = checkpoint.model().context();
    List<Unit> units = units(data.tokens(), context);
    if (units.isEmpty()) {
      throw new IllegalArgumentException("nothing to evaluate on: no shard has two tokens");
    }
    Slots slots = Slots.awaited(spark, 1);
    int tasks = Math.min(slots.tasks(), units.size());
    int threads = config.threads() != null ? config.threads() : slots.threadsPerWorker(tasks);
    List<Integer> indices = java.util.stream.IntStream.range(0, units.size()).boxed().toList();
    spark.setJobDescription("evaluate " + checkpoint.path().getName());
    List<Tuple2<Integer, Double>> sums;
    try {
      sums =
          new ArrayList<>(
              spark
                  .parallelize(indices, tasks)
                  .mapPartitions(
                      new Evaluate(
                          checkpoint.path().toString(),
                          spark.broadcast(
                              new SerializableConfiguration(spark.hadoopConfiguration())),
                          data.shards(),
                          units,
                          config,
                          threads))
                  .collect()); // a number for every 64 windows
    } finally {
      spark.setJobDescription(null);
    }
    sums.sort(Comparator.comparing(Tuple2::_1));
    double loss = sums.stream().mapToDouble(Tuple2::_2).sum();
    long tokens = 0;
    for (long shard : data.tokens()) {
      tokens += Math.max(0, shard - 1);
    }
    double mean = loss / tokens;
    double bits = loss / Math.log(2) / data.textBytes();
    double seconds = (System.nanoTime() - begin) * 1e-9;
    return new EvaluationReport(checkpoint.step(), tokens, mean, Math.exp(mean), bits, seconds);
  }

  private static List<Unit> units(long[] tokens, int context) {
    List<Unit> units = new ArrayList<>();
    for (int shard = 0; shard < tokens.length; shard++) {
      for (long first = 0; first * context < tokens[shard] - 1; first += UNIT) {
        units.add(new Unit(shard, first));
      }
    }
    return units;
  }

  private static final class Evaluate
      implements FlatMapFunction<Iterator<Integer>, Tuple2<Integer, Double>> {
    private final String checkpoint;
    private final Broadcast<SerializableConfiguration> hadoop;
    private final TokenSource shards;
    private final List<Unit> units;
    private final EvaluationConfig config;
    private final int threads;

    Evaluate(
        String checkpoint,
        Broadcast<SerializableConfiguration> hadoop,
        TokenSource shards,
        List<Unit> units,
        EvaluationConfig config,
        int threads) {
      this.checkpoint = checkpoint;
      this.hadoop = hadoop;
      this.shards = shards;
      this.units = List.copyOf(units);
      this.config = config;
      this.threads = threads;
    }

    @Override
    public Iterator<Tuple2<Integer, Double>> call(Iterator<Integer> indices) throws Exception {
      Path path = new Path(checkpoint);
      Checkpoint opened = Checkpoint.open(path.getFileSystem(hadoop.value().value()), path);
      FloatBlock parameters = opened.readParameters();
      List<Tuple2<Integer, Double>> sums = new ArrayList<>();
      Execution execution = new Execution(config.batchSize(), config.kernels(), threads, false);
      try (Gpt gpt = new Gpt(opened.model(), execution, parameters)) {
        while (indices.hasNext()) {
          int index = indices.next();
          sums.add(new Tuple2<>(index, loss(gpt, units.get(index))));
        }
      }
      return sums.iterator();
    }

    /** Sum over the unit's windows, batches of full ones first to last, then a shorter one. */
    private double loss(Gpt gpt, Unit unit) {
      IntBuffer tokens = shards.shard(unit.shard());
      int context = gpt.config().context();
      long begin = unit.first() * context;
      long targets = Math.min((long) UNIT * context, tokens.limit() - 1 - begin);
      int full = (int) (targets / context);
      double sum = 0;
      for (int done = 0; done < full; done += gpt.batch()) {
        int batch = Math.min(gpt.batch(), full - done);
        sum += loss(gpt, tokens, begin + (long) done * context, batch, context);
      }
      int rest = (int) (targets % context);
      return rest == 0 ? sum : sum + loss(gpt, tokens, begin + (long) full * context, 1, rest);
    }

    private static double loss(Gpt gpt, IntBuffer tokens, long from, int batch, int time) {
      int[] ids = new int[batch * time];
      int[] targets = new int[batch * time];
      tokens.get(Math.toIntExact(from), ids);
      tokens.get(Math.toIntExact(from + 1), targets);
      return gpt.loss(ids, targets, batch, time);
    }
  }
}
