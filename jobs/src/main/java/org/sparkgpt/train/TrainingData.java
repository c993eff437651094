package org.sparkgpt.train;

/**
 * The token shards a run trains on.
 *
 * @param tokens in each shard, in the manifest's order
 * @param shards their tokens, for executors
 * @param digest changes when the data or its tokenizer does
 */
public record TrainingData(long[] tokens, TokenSource shards, String digest) {}
