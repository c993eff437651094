package org.sparkgpt.report;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkgpt.train.RoundReport;

/** The rounds of a run, reduced to what a page shows of them. */
final class RunHistory {
  /** A worker over all rounds. */
  static final class WorkerHistory {
    private final int worker;
    private String place;
    private int rounds;
    private int slowest;
    private long tokens;
    private long bytes;
    private double seconds;
    private double longest;

    WorkerHistory(int worker) {
      this.worker = worker;
    }

    int worker() {
      return worker;
    }

    /** Host and executor of its last round. */
    String place() {
      return place;
    }

    int rounds() {
      return rounds;
    }

    /** Rounds in which the others had to wait for it. */
    int slowest() {
      return slowest;
    }

    long tokens() {
      return tokens;
    }

    long bytes() {
      return bytes;
    }

    double meanSeconds() {
      return seconds / rounds;
    }

    double longestSeconds() {
      return longest;
    }

    private void add(RoundReport.Worker part, boolean wasSlowest) {
      place = part.host() + ", executor " + part.executor();
      rounds++;
      slowest += wasSlowest ? 1 : 0;
      tokens += part.tokens();
      bytes += part.bytes();
      seconds += part.seconds();
      longest = Math.max(longest, part.seconds());
    }
  }

  private final Series loss = new Series("loss");
  private final Series learningRate = new Series("learning rate");
  private final Series tokensPerSecond = new Series("tokens/s");
  private final Series gradientNorm = new Series("gradient norm");
  private final Series bytes = new Series("bytes");
  private final Series slowest = new Series("slowest");
  private final Series median = new Series("median");
  private final Series outside = new Series("outside");
  private final SortedMap<Integer, WorkerHistory> workers = new TreeMap<>();
  private RoundReport last;
  private double seconds;
  private double outsideSeconds;

  void add(RoundReport round) {
    last = round;
    loss.add(round.step(), round.loss());
    learningRate.add(round.step(), round.learningRate());
    tokensPerSecond.add(round.step(), round.tokensPerSecond());
    gradientNorm.add(round.step(), round.gradientNorm());
    bytes.add(round.step(), round.bytes());
    slowest.add(round.step(), round.slowestWorkerSeconds());
    median.add(round.step(), round.medianWorkerSeconds());
    outside.add(round.step(), round.outsideSeconds());
    seconds += round.seconds();
    outsideSeconds += round.outsideSeconds();
    for (RoundReport.Worker part : round.workers()) {
      workers
          .computeIfAbsent(part.worker(), WorkerHistory::new)
          .add(part, part.seconds() == round.slowestWorkerSeconds());
    }
  }

  /** The last round; null: there is none yet. */
  RoundReport last() {
    return last;
  }

  int rounds() {
    return loss.size();
  }

  /** Of all rounds together. */
  double seconds() {
    return seconds;
  }

  /** Of these, those in which no worker trained; NaN: not known. */
  double outsideSeconds() {
    return outsideSeconds;
  }

  Collection<WorkerHistory> workers() {
    return workers.values();
  }

  List<Chart> charts() {
    return List.of(
        new Chart("loss, nats per token", List.of(loss)),
        new Chart("learning rate", List.of(learningRate)),
        new Chart("tokens per second", List.of(tokensPerSecond)),
        new Chart("gradient norm before clipping", List.of(gradientNorm)),
        new Chart("bytes moved per round", List.of(bytes)),
        new Chart("seconds per round", List.of(slowest, median, outside)));
  }
}
