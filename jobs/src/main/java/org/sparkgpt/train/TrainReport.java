package org.sparkgpt.train;

import org.apache.hadoop.fs.Path;

/**
 * What a run came to.
 *
 * @param step optimizer steps taken, earlier runs' included
 * @param resumedFrom steps that an earlier run had taken; 0: a new run
 * @param tokens trained on, earlier runs' included
 * @param loss of the last round, nats per token; NaN if there was nothing left to do
 * @param seconds of this run
 * @param tokensPerSecond of this run
 * @param checkpoint the final one
 */
public record TrainReport(
    int step,
    int resumedFrom,
    long tokens,
    double loss,
    double seconds,
    double tokensPerSecond,
    Path checkpoint) {}
