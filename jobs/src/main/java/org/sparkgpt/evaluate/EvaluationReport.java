package org.sparkgpt.evaluate;

/**
 * How well a model predicts a text.
 *
 * @param step of the checkpoint
 * @param tokens predicted
 * @param loss mean per token, nats
 * @param perplexity exp(loss)
 * @param bitsPerByte of the text the tokens stand for: comparable between tokenizers
 * @param seconds it took
 */
public record EvaluationReport(
    int step, long tokens, double loss, double perplexity, double bitsPerByte, double seconds) {}
