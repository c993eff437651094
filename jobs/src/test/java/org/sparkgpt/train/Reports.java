package org.sparkgpt.train;

/** What executors that are not here would say of themselves. */
final class Reports {
  static final ExecutorReport GOOD = on("a", 1L << 30, 16L << 30);

  private Reports() {}

  static ExecutorReport on(String host, long heap, long container) {
    return new ExecutorReport(
        "0",
        host,
        heap,
        container,
        "the machine's memory",
        "/local",
        1L << 40,
        0,
        "EPYC",
        true,
        "17.0.9",
        "",
        "");
  }

  static ExecutorReport withFreeDisk(ExecutorReport r, long bytes) {
    return with(r, r.host(), bytes, r.nativeLimit(), r.processor(), r.bf16(), r.failure(), r.gpu());
  }

  static ExecutorReport withNativeLimit(ExecutorReport r, long bytes) {
    return with(r, r.host(), r.localFree(), bytes, r.processor(), r.bf16(), r.failure(), r.gpu());
  }

  static ExecutorReport withProcessor(ExecutorReport r, String host, String name, boolean bf16) {
    return with(r, host, r.localFree(), r.nativeLimit(), name, bf16, r.failure(), r.gpu());
  }

  static ExecutorReport withFailure(ExecutorReport r, String failure) {
    return with(
        r, r.host(), r.localFree(), r.nativeLimit(), r.processor(), false, failure, r.gpu());
  }

  static ExecutorReport withGpu(ExecutorReport r, String address) {
    return with(
        r, r.host(), r.localFree(), r.nativeLimit(), r.processor(), r.bf16(), r.failure(), address);
  }

  private static ExecutorReport with(
      ExecutorReport r,
      String host,
      long localFree,
      long nativeLimit,
      String processor,
      boolean bf16,
      String failure,
      String gpu) {
    return new ExecutorReport(
        r.executor(),
        host,
        r.heap(),
        r.container(),
        r.containerSource(),
        r.localDirectory(),
        localFree,
        nativeLimit,
        processor,
        bf16,
        r.java(),
        failure,
        gpu);
  }
}
