package org.sparkgpt.jobs;

import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.layer.GptConfig;
import picocli.CommandLine.Option;

/** The network that a benchmark runs: GPT-2's, of any size. */
final class ShapeOptions {
  @Option(names = "--layers", defaultValue = "12", description = "L, default ${DEFAULT-VALUE}")
  private int layers;

  @Option(names = "--heads", defaultValue = "12", description = "H, default ${DEFAULT-VALUE}")
  private int heads;

  @Option(names = "--embd", defaultValue = "768", description = "C, default ${DEFAULT-VALUE}")
  private int embd;

  @Option(names = "--vocab", defaultValue = "50257", description = "V, default ${DEFAULT-VALUE}")
  private int vocabulary;

  GptConfig config(int context, DtypeChoice dtype) {
    return new GptConfig(vocabulary, context, layers, heads, embd, 0, true, Gelu.TANH, null, dtype);
  }
}
