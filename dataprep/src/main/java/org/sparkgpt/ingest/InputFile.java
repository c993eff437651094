package org.sparkgpt.ingest;

import java.io.Serializable;

/**
 * A file to read.
 *
 * @param path fully qualified
 * @param source the path as the run file gives it, and what lies below it
 * @param length bytes
 * @param modified milliseconds since 1970, as the file system has it
 * @param filter for the entries, if it is an archive
 */
record InputFile(
    String path, String source, long length, long modified, FileType type, NameFilter filter)
    implements Serializable {}
