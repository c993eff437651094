package org.sparkgpt.decontaminate;

/**
 * A part of a text.
 *
 * @param start UTF-16 offset of its first character
 * @param end UTF-16 offset behind its last character
 * @param set the evaluation set it is cut for; null: it lay between cuts and was too short, or its
 *     document was dropped
 */
record Span(int start, int end, String set) {}
