package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.generate.Generator;
import org.sparkgpt.generate.Sampler;
import org.sparkgpt.generate.SamplingConfig;
import org.sparkgpt.generate.TextStream;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.tokenize.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Continues a prompt with the trained model, streaming to the terminal. Needs no Spark session. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Continues a prompt with the run's newest checkpoint, or with an exported model.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt generate conf/demo.yaml --prompt 'My fellow citizens' generate.topK=40",
      "  scripts/sparkgpt generate conf/demo.yaml --model runs/demo/export generate.temperature=0"
    })
final class GenerateCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What to continue; without it, the model begins a document.")
  private String prompt = "";

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "A Hugging Face GPT-2 directory to use in place of the run's checkpoint.")
  private Path model;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Optional<RunConfig> loaded = options.load(out);
    if (loaded.isEmpty()) {
      return 0;
    }
    RunConfig config = loaded.get();
    TrainedModel trained =
        model == null ? TrainedModel.ofRun(config) : TrainedModel.ofDirectory(model);
    Dtype dtype = config.model().dtype().resolve(config.train().kernels());
    try (Kernels kernels = Cores.kernels(config.train())) {
      Generator generator = new Generator(trained.config(), trained.parameters(), kernels, dtype);
      SamplingConfig sampling = config.generate();
      for (int sample = 0; sample < sampling.samples(); sample++) {
        continuePrompt(generator, trained.tokenizer(), sampling, sample, out);
      }
    }
    return 0;
  }

  private void continuePrompt(
      Generator generator,
      Tokenizer tokenizer,
      SamplingConfig sampling,
      int sample,
      PrintWriter out)
      throws IOException {
    TextStream text = new TextStream(sampling.stop());
    out.print(prompt);
    generator.generate(
        promptTokens(tokenizer),
        Sampler.of(sampling, tokenizer.vocabularySize(), sample),
        sampling.maxTokens(),
        tokenizer.endOfText(),
        token -> {
          out.print(text.accept(tokenizer.bytesOf(token)));
          out.flush();
          return !text.isStopped();
        });
    out.println(text.finish());
    out.flush();
  }

  /** A document begins after the end of another; without such a token, with a line end. */
  private int[] promptTokens(Tokenizer tokenizer) {
    if (!prompt.isEmpty()) {
      return tokenizer.encode(prompt);
    }
    OptionalInt endOfText = tokenizer.endOfText();
    return endOfText.isPresent() ? new int[] {endOfText.getAsInt()} : tokenizer.encode("\n");
  }
}
