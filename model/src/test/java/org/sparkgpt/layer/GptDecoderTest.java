package org.sparkgpt.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;

/** The decoder inside DL4J: what an ordinary MultiLayerNetwork promises holds for it. */
class GptDecoderTest {
  private static final GptConfig CONFIG =
      new GptConfig(13, 7, 2, 2, 8, 0, true, Gelu.TANH, null, DtypeChoice.F32);
  private static final AdamWConfig OPTIMIZER =
      new AdamWConfig(1e-2, 1e-3, 2, 0.9, 0.95, 1e-8, 0.1, 1.0);
  private static final Execution EXECUTION = execution(2);
  private static final int B = 4;
  private static final int T = 5;

  @Test
  void parametersHaveTheirHuggingFaceNamesAndLieRowMajorInTheFlatVector() {
    MultiLayerNetwork network = network(CONFIG);
    float[] flat = GptNetwork.parameters(network).toArray();
    ParameterLayout layout = ParameterLayout.of(CONFIG);

    assertThat(network.paramTable().keySet())
        .containsExactlyElementsOf(
            layout.parameters().stream().map(p -> "0_" + p.name()).collect(Collectors.toList()));
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      INDArray view = network.getParam("0_" + parameter.name());
      assertThat(view.shape())
          .containsExactly(parameter.shape().stream().mapToLong(i -> i).toArray());
      for (long i = 0; i < view.length(); i++) {
        long columns = view.rank() == 2 ? view.size(1) : 1;
        float value = view.rank() == 2 ? view.getFloat(i / columns, i % columns) : view.getFloat(i);
        assertThat(value).isEqualTo(flat[(int) (parameter.offset() + i)]);
      }
    }
    network.getParam("0_h.1.attn.c_attn.weight").putScalar(0, 1, 42f);
    long offset = layout.get("h.1.attn.c_attn.weight").offset();
    assertThat(GptNetwork.parameters(network).get(offset + 1)).isEqualTo(42f);
  }

  @Test
  void theSameSeedGivesTheSameWeightsAndAnotherSeedOthers() {
    assertThat(network(CONFIG).params()).isEqualTo(network(CONFIG).params());
    MultiLayerNetwork other = GptNetwork.create(CONFIG, OPTIMIZER, 20, 2, EXECUTION);
    assertThat(other.params()).isNotEqualTo(network(CONFIG).params());
  }

  @Test
  void initialWeightsFollowGpt2() {
    GptConfig config = new GptConfig(500, 40, 8, 4, 64, 0, true, Gelu.TANH, null, DtypeChoice.F32);
    MultiLayerNetwork network = network(config);

    assertThat(deviation(network, "wte.weight")).isCloseTo(0.02, within(0.0003)); // 32,000 draws
    assertThat(deviation(network, "h.3.attn.c_attn.weight")).isCloseTo(0.02, within(0.0005));
    assertThat(deviation(network, "h.3.mlp.c_proj.weight")).isCloseTo(0.005, within(0.00012));
    assertThat(network.getParam("0_h.3.ln_1.weight").toFloatVector()).containsOnly(1);
    assertThat(network.getParam("0_h.3.attn.c_attn.bias").toFloatVector()).containsOnly(0);
    assertThat(network.score(batch(config, 1))).isCloseTo(Math.log(500), within(0.1));
  }

  @Test
  void fitLearnsABatchByHeart() {
    MultiLayerNetwork network = network(CONFIG);
    DataSet batch = batch(CONFIG, 1);
    for (int i = 0; i < 60; i++) {
      network.fit(batch);
    }
    assertThat(network.getIterationCount()).isEqualTo(60);
    assertThat(network.score(batch)).isLessThan(1.8); // from ln 13 = 2.56
  }

  @Test
  void idsMayBeOfAnyTypeAndOrder() {
    MultiLayerNetwork network = network(CONFIG);
    DataSet ints = batch(CONFIG, 1);
    double score = network.score(ints);

    for (DataType type : List.of(DataType.FLOAT, DataType.INT64, DataType.DOUBLE)) {
      INDArray features = ints.getFeatures().castTo(type);
      INDArray labels = ints.getLabels().castTo(type);
      assertThat(network.score(new DataSet(features, labels))).isEqualTo(score);
      assertThat(network.score(new DataSet(features.dup('f'), labels.dup('f')))).isEqualTo(score);
    }
  }

  @Test
  void scoreAndOutputDescribeTheSameLosses() {
    MultiLayerNetwork network = network(CONFIG);
    DataSet batch = batch(CONFIG, 1);
    INDArray logits = network.output(batch.getFeatures());
    assertThat(logits.shape()).containsExactly(B, T, CONFIG.vocabulary());
    double mean = 0;
    for (int r = 0; r < B * T; r++) {
      double sum = 0;
      for (int v = 0; v < CONFIG.vocabulary(); v++) {
        sum += Math.exp(logits.getDouble(r / T, r % T, v));
      }
      int target = batch.getLabels().getInt(r / T, r % T);
      mean += (Math.log(sum) - logits.getDouble(r / T, r % T, target)) / (B * T);
    }

    assertThat(network.score(batch)).isCloseTo(mean, within(1e-5));
    assertThat(network.scoreExamples(batch, false).meanNumber().doubleValue())
        .isCloseTo(mean, within(1e-5));
  }

  @Test
  void dl4jsDefaultsOfMinibatchAndWorkspacesDoNotChangeAStep() {
    MultiLayerNetwork ours = network(CONFIG);
    MultiLayerNetwork plain = new MultiLayerNetwork(withDefaults(ours));
    plain.init(ours.params().dup(), false);

    for (int i = 0; i < 3; i++) {
      ours.fit(batch(CONFIG, i));
      plain.fit(batch(CONFIG, i));
    }

    assertThat(plain.params()).isEqualTo(ours.params());
    assertThat(plain.output(batch(CONFIG, 1).getFeatures()))
        .isEqualTo(ours.output(batch(CONFIG, 1).getFeatures()));
  }

  /** Without {@link GptNetwork}: a decoder among DL4J's defaults. */
  private static MultiLayerConfiguration withDefaults(MultiLayerNetwork network) {
    return new NeuralNetConfiguration.Builder()
        .list()
        .layer(GptNetwork.decoder(network).layerConf().clone())
        .build();
  }

  @Test
  void aModelFileContinuesTrainingAsIfNeverStopped() throws IOException {
    MultiLayerNetwork network = network(CONFIG);
    network.fit(batch(CONFIG, 0));
    network.fit(batch(CONFIG, 1));

    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, file, true);
    MultiLayerNetwork restored =
        ModelSerializer.restoreMultiLayerNetwork(
            new ByteArrayInputStream(file.toByteArray()), true);

    assertContinuesAlike(network, restored);
  }

  @Test
  void aCloneContinuesTrainingAndIsIndependent() {
    MultiLayerNetwork network = network(CONFIG);
    network.fit(batch(CONFIG, 0));
    MultiLayerNetwork clone = network.clone();
    INDArray before = network.params().dup();

    clone.fit(batch(CONFIG, 5));

    assertThat(network.params()).isEqualTo(before);
    assertContinuesAlike(network, network.clone());
  }

  @Test
  void aDecoderWithoutClippingSurvivesJson() {
    GptDecoder decoder =
        new GptDecoder.Builder(CONFIG).execution(EXECUTION).updater(new Sgd(0.1)).build();
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder().list().layer(decoder).build();

    assertThat(MultiLayerConfiguration.fromJson(configuration.toJson())).isEqualTo(configuration);
  }

  /** What DL4J's ParameterAveragingTrainingMaster sends to its workers. */
  @Test
  void aReplicaFromConfigurationAndVectorsContinuesTraining() {
    MultiLayerNetwork network = network(CONFIG);
    network.fit(batch(CONFIG, 0));
    String json = network.getLayerWiseConfigurations().toJson();

    MultiLayerConfiguration configuration = MultiLayerConfiguration.fromJson(json);
    MultiLayerNetwork replica = new MultiLayerNetwork(configuration);
    replica.init(network.params().dup(), false);
    INDArray state = network.getUpdater().getStateViewArray().dup();
    replica.setUpdater(new MultiLayerUpdater(replica, state));

    assertThat(configuration).isEqualTo(network.getLayerWiseConfigurations());
    assertThat(configuration.toJson()).isEqualTo(json);
    assertContinuesAlike(network, replica);
  }

  private static void assertContinuesAlike(MultiLayerNetwork one, MultiLayerNetwork other) {
    for (int i = 10; i < 13; i++) {
      one.fit(batch(CONFIG, i));
      other.fit(batch(CONFIG, i));
    }
    assertThat(other.params()).isEqualTo(one.params());
    assertThat(other.getUpdater().getStateViewArray())
        .isEqualTo(one.getUpdater().getStateViewArray());
    assertThat(other.getIterationCount()).isEqualTo(one.getIterationCount());
  }

  @Test
  void stateCopiedThroughBlocksContinuesTraining() {
    MultiLayerNetwork network = network(CONFIG);
    network.fit(batch(CONFIG, 0));
    MultiLayerNetwork other = network(CONFIG);

    GptNetwork.parameters(other).copyFrom(GptNetwork.parameters(network));
    GptNetwork.updaterState(other).copyFrom(GptNetwork.updaterState(network));
    other.setIterationCount(network.getIterationCount());

    assertContinuesAlike(network, other);
  }

  @Test
  void listenersSeeScoreAndGradients() {
    MultiLayerNetwork network = network(CONFIG);
    List<Double> scores = new ArrayList<>();
    List<String> gradients = new ArrayList<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            scores.add(model.score());
          }

          @Override
          public void onGradientCalculation(Model model) {
            gradients.addAll(model.gradient().gradientForVariable().keySet());
          }
        });
    double before = network.score(batch(CONFIG, 0));

    network.fit(batch(CONFIG, 0));

    assertThat(scores).hasSize(1);
    assertThat(scores.get(0)).isCloseTo(before, within(1e-6));
    assertThat(gradients).contains("0_wte.weight", "0_h.1.attn.c-attn.weight");
    gradients.forEach(key -> assertThat(network.getParam(key)).as(key).isNotNull());
  }

  @Test
  void gradientsAreMeansOverTokensWhateverTheMicroBatch() {
    DataSet batch = batch(CONFIG, 3);
    List<float[]> gradients =
        IntStream.of(1, 3, 4)
            .mapToObj(
                microBatch -> {
                  MultiLayerNetwork network =
                      GptNetwork.create(CONFIG, OPTIMIZER, 20, 1, execution(microBatch));
                  network.setInput(batch.getFeatures());
                  network.setLabels(batch.getLabels());
                  network.computeGradientAndScore();
                  return network.gradient().gradient().toFloatVector();
                })
            .toList();

    assertThat(gradients.get(0)).containsExactly(gradients.get(2), within(1e-6f));
    assertThat(gradients.get(1)).containsExactly(gradients.get(2), within(1e-6f));
  }

  @Test
  void aGradientLongerThanTheClipNormIsScaledToIt() {
    AdamWConfig tight = new AdamWConfig(1, 1, 0, 0.9, 0.95, 1e-8, 0, 0.01);
    MultiLayerNetwork network = GptNetwork.create(CONFIG, tight, 20, 1, EXECUTION);
    GptDecoder conf = GptNetwork.decoder(network).layerConf();
    conf.setIUpdater(new Sgd(1)); // so that the update is the clipped gradient
    FloatBlock before = FloatBlock.allocate(network.numParams());
    before.copyFrom(GptNetwork.parameters(network));

    network.fit(batch(CONFIG, 0));

    double squares = 0;
    for (long i = 0; i < before.length(); i++) {
      double change = GptNetwork.parameters(network).get(i) - before.get(i);
      squares += change * change;
    }
    assertThat(GptNetwork.gradientNorm(network)).isGreaterThan(0.1);
    assertThat(Math.sqrt(squares)).isCloseTo(0.01, within(1e-5));
  }

  @Test
  void weightDecayActsOnMatricesOnlyAndIsNoPartOfTheScore() {
    GptDecoder conf = GptNetwork.decoder(network(CONFIG)).layerConf();

    assertThat(conf.getRegularizationByParam("wpe.weight")).hasSize(1);
    assertThat(conf.getRegularizationByParam("h.0.mlp.c_fc.weight")).hasSize(1);
    assertThat(conf.getRegularizationByParam("h.0.mlp.c_fc.bias")).isEmpty();
    assertThat(conf.getRegularizationByParam("ln_f.weight")).isEmpty();
    assertThat(network(CONFIG).calcRegularizationScore(true)).isZero();
  }

  @Test
  void dropoutDiffersBetweenIterationsAndRepeatsForTheSame() {
    GptConfig config = new GptConfig(13, 7, 2, 2, 8, 0.5, true, Gelu.TANH, null, DtypeChoice.F32);
    MultiLayerNetwork network = network(config);

    double first = trainingLoss(network, 0);

    assertThat(trainingLoss(network, 1)).isNotEqualTo(first);
    assertThat(trainingLoss(network, 0)).isEqualTo(first);
    assertThat(network.score(batch(config, 0))).isNotEqualTo(first);
  }

  private static double trainingLoss(MultiLayerNetwork network, int iteration) {
    DataSet batch = batch(CONFIG, 0);
    network.setIterationCount(iteration);
    network.setInput(batch.getFeatures());
    network.setLabels(batch.getLabels());
    network.computeGradientAndScore();
    return network.score();
  }

  @Test
  void aNumberThatIsNotFiniteStopsTrainingWithIterationAndName() {
    MultiLayerNetwork network = network(CONFIG);
    network.fit(batch(CONFIG, 0));
    network.getParam("0_h.1.ln_2.weight").putScalar(3, Float.NaN);
    INDArray before = network.params().dup();

    assertThatThrownBy(() -> network.fit(batch(CONFIG, 1)))
        .hasStackTraceContaining("iteration 1: loss NaN, gradient norm NaN")
        .hasStackTraceContaining("not finite: parameter h.1.ln_2.weight");
    assertThat(network.params().toFloatVector()).containsExactly(before.toFloatVector());
  }

  @Test
  void batchesOfTheWrongShapeAreNamed() {
    MultiLayerNetwork network = network(CONFIG);
    INDArray ids = Nd4j.zeros(DataType.INT32, 2, 3);

    assertThatThrownBy(() -> network.score(new DataSet(ids, Nd4j.zeros(DataType.INT32, 2, 4))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected labels [B,T] of the features' shape [2, 3], got [2, 4]");
    assertThatThrownBy(() -> network.output(Nd4j.zeros(DataType.INT32, 2, 3, 1)))
        .hasMessage("expected token ids [B,T], got an array of shape [2, 3, 1]");
    assertThatThrownBy(() -> network.score(new DataSet(ids, ids, null, Nd4j.ones(2, 3))))
        .hasMessageStartingWith("masks are not supported");
    assertThatThrownBy(() -> execution(0)).hasMessage("train.microBatch must be positive, got 0");
  }

  private static MultiLayerNetwork network(GptConfig config) {
    return GptNetwork.create(config, OPTIMIZER, 20, 1, EXECUTION);
  }

  private static Execution execution(int microBatch) {
    return new Execution(microBatch, KernelChoice.PLAIN, 1, false);
  }

  private static DataSet batch(GptConfig config, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return GptNetwork.batch(
        random.ints((long) B * T, 0, config.vocabulary()).toArray(),
        random.ints((long) B * T, 0, config.vocabulary()).toArray(),
        B,
        T);
  }

  private static double deviation(MultiLayerNetwork network, String parameter) {
    return network.getParam("0_" + parameter).stdNumber().doubleValue();
  }
}
