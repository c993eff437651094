package org.sparkgpt.generate;

import java.util.List;

/**
 * A finished continuation.
 *
 * @param tokens what followed the prompt, without the stop token
 */
public record Generation(List<Integer> tokens, Finish finish) {

  /** Why a continuation ended. */
  public enum Finish {
    /** It reached the most tokens asked for. */
    LENGTH,
    /** The model chose the stop token. */
    STOP_TOKEN,
    /** The listener wanted no more: it saw a stop text, or its reader left. */
    LISTENER
  }

  public Generation {
    tokens = List.copyOf(tokens);
  }
}
