package org.sparkgpt.layer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.sparkgpt.kernel.FloatBlock;

/**
 * Tells DL4J a decoder's parameters: the names and order of {@link ParameterLayout}, as row-major
 * views of the flat vector (DL4J's own layers use column-major ones). What DL4J calls weights are
 * the parameters under weight decay; all others it takes for biases.
 */
final class GptParamInitializer implements ParamInitializer {
  static final GptParamInitializer INSTANCE = new GptParamInitializer();

  private GptParamInitializer() {}

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return layout(layer).length();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return layout(layer).parameters().stream().map(ParameterLayout.Parameter::name).toList();
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return paramKeys(layer).stream().filter(key -> isWeightParam(layer, key)).toList();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return paramKeys(layer).stream().filter(key -> isBiasParam(layer, key)).toList();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return layout(layer).get(key).decayed();
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return !isWeightParam(layer, key);
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray parameters, boolean initialize) {
    conf.clearVariables();
    paramKeys(conf.getLayer()).forEach(conf::addVariable);
    if (initialize) {
      GptConfig config = ((GptDecoder) conf.getLayer()).config();
      GptInitialization.fill(FloatBlock.of(parameters), config, conf.getSeed());
    }
    return views(conf, parameters);
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray gradients) {
    return views(conf, gradients);
  }

  private static Map<String, INDArray> views(NeuralNetConfiguration conf, INDArray flat) {
    INDArray vector = flat.reshape(flat.length());
    Map<String, INDArray> views = new LinkedHashMap<>();
    for (ParameterLayout.Parameter parameter : layout(conf.getLayer()).parameters()) {
      long end = parameter.offset() + parameter.length();
      long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
      INDArray view = vector.get(NDArrayIndex.interval(parameter.offset(), end));
      views.put(parameter.name(), view.reshape('c', shape));
    }
    return views;
  }

  private static ParameterLayout layout(Layer layer) {
    return ((GptDecoder) layer).layout();
  }
}
