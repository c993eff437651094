package org.sparkgpt.ingest;

/**
 * What a web archive says of a record before its content.
 *
 * @param url null if it has none
 * @param fetched when, in milliseconds since 1970; null if it does not say so
 * @param length bytes of the content
 */
record ArchivedRecord(Kind kind, String url, Long fetched, long length) {
  /** What the content is. */
  enum Kind {
    /** An HTTP response. */
    PAGE,
    /** A page's text. */
    TEXT,
    /** Nothing that becomes a document. */
    OTHER
  }

  /** How one kind of archive writes this. */
  interface Format extends Members.Start {
    /** Bytes that {@link #startsAt} needs to see; fewer are there only at the file's end. */
    int lookahead();

    /** Whether a record seems to start with these bytes. */
    boolean startsAt(byte[] bytes, int from, int to);

    /**
     * The length of the header that begins with these bytes, -1 if its end is not among them.
     *
     * @param seen from where on to look, as a byte before it was no end
     */
    int headerLength(byte[] bytes, int from, int seen, int to);

    /**
     * @throws RejectedException if the header says nothing that can be used
     */
    ArchivedRecord parse(String header) throws RejectedException;

    @Override
    default boolean test(byte[] bytes, int length) {
      return startsAt(bytes, 0, length);
    }
  }
}
