package org.sparkgpt.kernel;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;

/**
 * The number of threads oneDNN uses. The library's OpenMP keeps it, and a pool of threads, per
 * calling thread; neither oneDNN nor its Java binding can set it. So the function is looked up
 * through the binding's own library, which finds the very libgomp that oneDNN is linked to even if
 * ND4J has loaded another copy.
 */
final class OpenMp {
  static {
    String binding = Loader.load(dnnl.class);
    Native.register(OpenMp.class, NativeLibrary.getInstance(binding));
  }

  private OpenMp() {}

  /** Parallel regions that the calling thread starts from now on use {@code count} threads. */
  static void useThreads(int count) {
    omp_set_num_threads(count);
  }

  static int threads() {
    return omp_get_max_threads();
  }

  private static native void omp_set_num_threads(int count);

  private static native int omp_get_max_threads();
}
