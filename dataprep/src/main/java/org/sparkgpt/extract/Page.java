package org.sparkgpt.extract;

import org.sparkgpt.corpus.Metadata;

/**
 * What was read off a web page.
 *
 * @param text lines separated by {@code \n}, paragraphs by a blank one; empty if there is none
 */
public record Page(String text, Metadata metadata) {}
