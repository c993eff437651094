package org.sparkgpt.tokenize;

/**
 * A file that was written for another program.
 *
 * @param name in the directory of the export
 * @param split {@code train} or {@code val}
 * @param tokens ids in it
 * @param bytes its size
 */
public record ExportedFile(String name, String split, long tokens, long bytes) {}
