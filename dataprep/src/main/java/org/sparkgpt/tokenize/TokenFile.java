package org.sparkgpt.tokenize;

import java.io.Serializable;

/**
 * One shard, as the manifest has it.
 *
 * @param path relative to the manifest: {@code train/part-00000-of-00004.parquet}
 * @param rows Parquet rows
 * @param tokens ids in all rows, end-of-text ids included
 * @param documents documents, or parts of one that {@link TokenizeConfig.Split#TAIL} cut
 * @param textBytes UTF-8 bytes of their text: what bits per byte divides by
 * @param crc32c of the file, 8 hex digits
 * @param bytes size of the file
 */
public record TokenFile(
    String path, long rows, long tokens, long documents, long textBytes, String crc32c, long bytes)
    implements Serializable {}
