package org.sparkgpt.train;

import org.sparkgpt.kernel.FloatBlock;

/**
 * A worker's side of a lossy {@link DeltaEncoding}: the parameters its round began with, and the
 * residual, which is what earlier messages could not say (Seide et al., 2014). A round sends
 *
 * <pre>
 * x = (parameters - start) + residual;  message = encode(x);  residual = x - decode(message)
 * </pre>
 *
 * <p>so the messages of all rounds and the last residual add up to the changes of all rounds.
 */
final class ErrorFeedback {
  private final FloatBlock start;
  private final FloatBlock residual;

  /** A message to a chunk's owner, and the chunk's residual after it. */
  record Sent(byte[] message, float[] residual) {}

  ErrorFeedback(long parameters) {
    start = FloatBlock.allocate(parameters);
    residual = FloatBlock.allocate(parameters);
  }

  /** Bytes outside the heap for a vector of so many parameters. */
  static long bytes(long parameters) {
    return 2 * Float.BYTES * parameters;
  }

  /** A round begins at {@code parameters}; nothing is left of earlier ones yet. */
  void begin(FloatBlock parameters) {
    start.copyFrom(parameters);
    residual.zero();
  }

  /** What the last round left unsaid of the elements from {@code from}. */
  void restore(long from, float[] left) {
    residual.put(from, left);
  }

  /** What is to be sent of elements [from, from + count). */
  float[] unsent(FloatBlock parameters, long from, int count) {
    float[] end = parameters.toArray(from, count);
    float[] begin = start.toArray(from, count);
    float[] left = residual.toArray(from, count);
    for (int i = 0; i < count; i++) {
      end[i] = (float) ((double) end[i] - begin[i] + left[i]);
    }
    return end;
  }

  /** Encodes {@link #unsent}, as a message with this key. */
  Sent send(long key, FloatBlock parameters, long from, int count, DeltaEncoding encoding) {
    float[] unsent = unsent(parameters, from, count);
    byte[] message = encoding.encode(key, unsent);
    float[] decoded = encoding.decode(message, count);
    for (int i = 0; i < count; i++) {
      unsent[i] = (float) ((double) unsent[i] - decoded[i]);
    }
    return new Sent(message, unsent);
  }
}
