package org.sparkgpt.kernel;

import com.sun.jna.Function;

/**
 * How long OpenMP's threads spin for work before they sleep. libgomp's default, some milliseconds,
 * is far longer than the pauses between the operations of a step, and ruins a step as soon as
 * another process wants the core: the thread that is waited for does not run while the waiting one
 * burns its time. Twenty thousand turns, tens of microseconds, bridge the pauses and no more.
 *
 * <p>libgomp reads {@code GOMP_SPINCOUNT} when it is loaded, so {@link #limit} must come before the
 * first use of oneDNN or ND4J. A value that the user has set stays; so does {@code
 * OMP_WAIT_POLICY}.
 */
public final class OpenMpSpin {
  private static final String TURNS = "20000";

  static {
    if (System.getenv("OMP_WAIT_POLICY") == null) {
      int keepExisting = 0;
      Function.getFunction("c", "setenv")
          .invokeInt(new Object[] {"GOMP_SPINCOUNT", TURNS, keepExisting});
    }
  }

  private OpenMpSpin() {}

  /** Takes effect once in the process; calling it again does nothing. */
  public static void limit() {
    // the static initialiser has done it
  }
}
