package org.sparkgpt.train;

import java.io.Serializable;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptNetwork;
import org.sparkgpt.layer.ParameterLayout;
import org.sparkgpt.layer.WarmupCosine;

/**
 * Everything that shapes a worker's network.
 *
 * @param totalSteps of the learning-rate schedule
 * @param execution how its network is run
 * @param clips whether it clips its own gradient; under {@code sync} the mean of all is clipped
 */
record ReplicaSpec(
    GptConfig model,
    AdamWConfig optimizer,
    int totalSteps,
    long seed,
    Execution execution,
    boolean clips)
    implements Serializable {

  /** A network that is not a worker's, with GPT-2's initial weights. */
  MultiLayerNetwork newNetwork() {
    return GptNetwork.create(model, optimizer, totalSteps, seed, execution);
  }

  /** As the network itself has it. */
  AdamWConfig ownOptimizer() {
    return new AdamWConfig(
        optimizer.learningRate(),
        optimizer.minLearningRate(),
        optimizer.warmupSteps(),
        optimizer.beta1(),
        optimizer.beta2(),
        optimizer.epsilon(),
        optimizer.weightDecay(),
        clips ? optimizer.clipNorm() : Double.MAX_VALUE);
  }

  /** Elements of the flat parameter vector. */
  long parameters() {
    return ParameterLayout.of(model).length();
  }

  /** The rate of step {@code step}, counted from 0. */
  double learningRate(int step) {
    return new WarmupCosine(
            optimizer.learningRate(),
            optimizer.minLearningRate(),
            optimizer.warmupSteps(),
            totalSteps)
        .valueAt(step, 0);
  }
}
