package org.sparkgpt.train;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.GptNetwork;
import org.sparkgpt.layer.TrainingStep;

/**
 * A worker's network and its memory: parameters, gradients and AdamW's moments, all outside the
 * heap. It computes a function of what was put into these and of the step it is told; nothing else
 * survives from one step to the next. One caller at a time.
 *
 * <p>All computing is done by a thread of the replica's own, not by the caller's: OpenMP keeps a
 * pool of threads for every thread that ever called it, Spark runs tasks on ever other threads, and
 * with more pools than cores OpenMP's threads sleep at each pause, which costs a third of the
 * speed.
 */
final class Replica implements AutoCloseable {

  /**
   * What a step showed.
   *
   * @param loss mean per token, nats
   * @param gradientNorm before clipping
   * @param failure what was not finite; null: nothing
   */
  record Step(double loss, double gradientNorm, String failure) {}

  private final ReplicaSpec spec;
  private final ExecutorService thread = Executors.newSingleThreadExecutor(Replica::newThread);
  private final MultiLayerNetwork network;
  private final TrainingStep trainingStep;
  private final FloatBlock parameters;
  private final FloatBlock gradients;
  private final FloatBlock moments;
  private ErrorFeedback feedback; // made when a lossy encoding first needs it

  /** Its parameters are still to come. */
  Replica(ReplicaSpec spec) {
    this.spec = spec;
    network = onOwnThread(() -> newNetwork(spec));
    trainingStep = onOwnThread(() -> new TrainingStep(network));
    parameters = GptNetwork.parameters(network);
    gradients = FloatBlock.of(network.getFlattenedGradients());
    moments = GptNetwork.updaterState(network);
  }

  private static MultiLayerNetwork newNetwork(ReplicaSpec spec) {
    return GptNetwork.createBlank(
        spec.model(), spec.ownOptimizer(), spec.totalSteps(), spec.seed(), spec.execution());
  }

  ReplicaSpec spec() {
    return spec;
  }

  /** The flat parameter vector; whoever writes to it calls {@link #workAs} before the next step. */
  FloatBlock parameters() {
    return parameters;
  }

  /** Gradient of the last {@link #differentiate}. */
  FloatBlock gradients() {
    return gradients;
  }

  /** AdamW's averages of the gradient. */
  FloatBlock firstMoments() {
    return moments.slice(0, parameters.length());
  }

  /** AdamW's averages of the squared gradient. */
  FloatBlock secondMoments() {
    return moments.slice(parameters.length(), parameters.length());
  }

  /** What a lossy encoding of the round's change needs. */
  ErrorFeedback feedback() {
    if (feedback == null) {
      feedback = new ErrorFeedback(parameters.length());
    }
    return feedback;
  }

  /**
   * Prepares for the steps of one worker on the parameters as they are now. Its dropout masks
   * differ from other workers'; worker 0 has those of a network trained without Spark.
   */
  void workAs(int worker) {
    long seed = worker == 0 ? spec.seed() : Mix.of(spec.seed(), worker);
    GptNetwork.decoder(network).conf().setSeed(seed);
    trainingStep.parametersChanged();
  }

  /** One AdamW step, the {@code step}-th of the run counted from 0. */
  Step train(int step, Batch batch) {
    return onOwnThread(
        () ->
            at(
                step,
                () -> trainingStep.run(batch.ids(), batch.targets(), batch.batch(), batch.time())));
  }

  /** Leaves the gradient of the mean loss, not clipped, in {@link #gradients}. */
  Step differentiate(int step, Batch batch) {
    return onOwnThread(
        () ->
            at(
                step,
                () ->
                    trainingStep.differentiate(
                        batch.ids(), batch.targets(), batch.batch(), batch.time())));
  }

  private Step at(int step, Runnable computation) {
    network.getLayerWiseConfigurations().setIterationCount(step);
    try {
      computation.run();
      return new Step(network.score(), GptNetwork.gradientNorm(network), null);
    } catch (IllegalStateException e) {
      double norm = GptNetwork.gradientNorm(network);
      if (Double.isFinite(norm)) {
        throw e;
      }
      return new Step(Double.NaN, norm, e.getMessage()); // the decoder names the parameter
    }
  }

  /** Waits to the end even when the task is killed: the replica's memory is in use until then. */
  private <T> T onOwnThread(Callable<T> work) {
    Future<T> result = thread.submit(work);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("the replica failed: " + e.getCause(), e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "replica");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    thread.shutdown();
    GptNetwork.decoder(network).close();
    network.close();
  }
}
