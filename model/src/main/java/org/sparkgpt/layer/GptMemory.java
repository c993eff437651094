package org.sparkgpt.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.sparkgpt.kernel.Dtype;

/**
 * Every buffer a network needs outside the Java heap, from its settings alone, before anything is
 * allocated. It leaves out what oneDNN's products need besides: a few megabytes.
 */
public final class GptMemory {

  /** Some buffers by what they are for. */
  public record Part(String name, long bytes) {}

  private static final double MEGABYTE = 1e6;

  private final GptConfig config;
  private final Execution execution;
  private final boolean training;
  private final List<Part> own;
  private final List<Part> beside; // what else there is for each network, whatever its batch

  private GptMemory(
      GptConfig config, Execution execution, boolean training, List<Part> own, List<Part> beside) {
    this.config = config;
    this.execution = execution;
    this.training = training;
    this.own = List.copyOf(own);
    this.beside = List.copyOf(beside);
  }

  /**
   * @param training whether it will run backward and be updated, or only compute losses and logits
   * @throws IllegalArgumentException if {@code model.dtype} is bf16 and the kernels have none here
   */
  public static GptMemory of(GptConfig config, Execution execution, boolean training) {
    Dtype dtype = config.dtype().resolve(execution.kernels());
    long parameters = ParameterLayout.of(config).length() * Dtype.F32.bytes();
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("parameters", parameters));
    if (training) {
      parts.add(new Part("gradients", parameters));
      parts.add(new Part("optimizer", 2 * parameters));
    }
    Buffers buffers = Buffers.counted(config, execution.microBatch(), dtype);
    ComputeWeights.allocate(buffers);
    if (training) {
      Activations.forTraining(buffers, execution.recompute());
    } else {
      Activations.forScoring(buffers);
    }
    buffers.bytes().forEach((name, bytes) -> parts.add(new Part(name, bytes)));
    parts.add(new Part("workspace", workspace(config, execution, dtype)));
    return new GptMemory(config, execution, training, parts, List.of());
  }

  /** The same network with {@code part} beside its own buffers. */
  public GptMemory and(Part part) {
    List<Part> more = new ArrayList<>(beside);
    more.add(part);
    return new GptMemory(config, execution, training, own, more);
  }

  private static long workspace(GptConfig config, Execution execution, Dtype dtype) {
    return execution
        .kernels()
        .workspaceBytes(
            dtype,
            execution.microBatch(),
            config.context(),
            config.heads(),
            config.headSize(),
            config.vocabulary());
  }

  public List<Part> parts() {
    return Stream.concat(own.stream(), beside.stream()).toList();
  }

  /** Sum of all parts. */
  public long bytes() {
    return parts().stream().mapToLong(Part::bytes).sum();
  }

  /** A line for each part and one for their sum, in MB (10^6 bytes). */
  public String describe() {
    StringBuilder table = new StringBuilder();
    for (Part part : parts()) {
      table.append(line(part.name(), part.bytes()));
    }
    return table.append(line("total", bytes())).toString();
  }

  private static String line(String name, long bytes) {
    return String.format(Locale.ROOT, "%-16s %,12.1f MB%n", name, bytes / MEGABYTE);
  }

  /**
   * @param availableBytes what the process may use outside its heap
   * @throws IllegalArgumentException if that is less than {@link #bytes}; it names both and the
   *     settings that would fit
   */
  public void requireFits(long availableBytes) {
    if (bytes() <= availableBytes) {
      return;
    }
    throw new IllegalArgumentException(
        "%s needs %s outside the heap, %s are available: %s"
            .formatted(
                training ? "training" : "scoring",
                megabytes(bytes()),
                megabytes(availableBytes),
                advice(availableBytes)));
  }

  private String advice(long available) {
    List<String> fitting = new ArrayList<>();
    int batch = largestBatch(execution.recompute(), available);
    if (!training) {
      return batch > 0
          ? "batches of " + batch + " sequences fit"
          : "not even a batch of 1 sequence fits";
    }
    if (batch > 0) {
      fitting.add("train.microBatch: " + batch);
    }
    if (!execution.recompute()) {
      int recomputed = largestBatch(true, available);
      if (recomputed == execution.microBatch()) {
        fitting.add("train.recompute: true");
      } else if (recomputed > batch) {
        fitting.add("train.microBatch: " + recomputed + " with train.recompute: true");
      }
    }
    return fitting.isEmpty()
        ? "not even train.microBatch: 1 with train.recompute: true fits, which needs "
            + megabytes(with(1, true).bytes())
        : "it fits with " + String.join(" or with ", fitting);
  }

  /** The most sequences up to the present number that fit; 0: none. */
  private int largestBatch(boolean recompute, long available) {
    int fits = 0;
    int tooMany = execution.microBatch() + 1;
    while (tooMany - fits > 1) {
      int middle = (fits + tooMany) >>> 1;
      if (with(middle, recompute).bytes() <= available) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits;
  }

  private GptMemory with(int microBatch, boolean recompute) {
    Execution other =
        new Execution(microBatch, execution.kernels(), execution.threads(), recompute);
    GptMemory plan = of(config, other, training);
    return new GptMemory(config, other, training, plan.own, beside);
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.0f MB", Math.ceil(bytes / MEGABYTE));
  }
}
