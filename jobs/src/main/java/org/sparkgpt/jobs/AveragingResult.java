package org.sparkgpt.jobs;

/**
 * What became of an {@link AveragingTrial}: a line of JSON.
 *
 * @param benchmark {@code averaging}
 * @param digest of everything that decides the result: settings, seed and tokens
 * @param strategy as a run file has it
 * @param deltas as a run file has it
 * @param tokens trained on
 * @param loss over the whole validation split, nats per token
 * @param bytesPerRound of a whole round: received and sent by all workers, before compression
 * @param seconds of training
 * @param roundMsBesideSteps mean time of a round outside the slowest worker's steps; it includes
 *     the other workers' where they take turns
 */
record AveragingResult(
    String benchmark,
    String digest,
    String strategy,
    int workers,
    int localSteps,
    String deltas,
    long seed,
    int steps,
    long tokens,
    double loss,
    long bytesPerRound,
    double seconds,
    double roundMsBesideSteps) {}
