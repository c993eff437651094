package org.sparkgpt.ingest;

import java.io.EOFException;
import java.io.IOException;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.extract.UnreadablePageException;

/** A record that cannot become a document, and why: it costs that record and nothing else. */
final class RejectedException extends IOException {
  private static final String TRUNCATED = "ingest/truncated";
  private static final String DAMAGED = "ingest/damaged";

  private final transient Verdict verdict;

  private RejectedException(Verdict verdict) {
    super(verdict.toString());
    this.verdict = verdict;
  }

  Verdict verdict() {
    return verdict;
  }

  /** The verdict on a record whose reading failed. */
  static Verdict verdictOn(IOException failure) {
    if (failure instanceof RejectedException rejected) {
      return rejected.verdict();
    }
    if (failure instanceof UnreadablePageException unreadable) {
      return unreadable.verdict();
    }
    return new Verdict(failure instanceof EOFException ? TRUNCATED : DAMAGED);
  }

  /** There is no text but white space. */
  static RejectedException empty() {
    return new RejectedException(new Verdict("ingest/empty"));
  }

  /**
   * @param offset of the first byte that is not UTF-8, in the record
   */
  static RejectedException notUtf8(long offset) {
    return new RejectedException(new Verdict("ingest/not-utf-8", offset, Double.NaN));
  }

  /**
   * @param bytes as many as were seen before reading stopped
   */
  static RejectedException tooLarge(long bytes, long maxDocumentBytes) {
    return new RejectedException(new Verdict("ingest/too-large", bytes, maxDocumentBytes));
  }

  static RejectedException expansion(double ratio, double maxCompressionRatio) {
    return new RejectedException(new Verdict("ingest/expansion", ratio, maxCompressionRatio));
  }

  /** A checksum, a header or a length does not fit. */
  static RejectedException damaged() {
    return new RejectedException(new Verdict(DAMAGED));
  }

  static RejectedException notJson() {
    return new RejectedException(new Verdict("ingest/not-json"));
  }

  /** There is no field {@code text}, or it is not a string. */
  static RejectedException noText() {
    return new RejectedException(new Verdict("ingest/no-text"));
  }

  /**
   * @param nesting archives around this one, less the outermost
   */
  static RejectedException nestedArchive(int nesting, int maxNesting) {
    return new RejectedException(new Verdict("ingest/nested-archive", nesting, maxNesting));
  }

  /**
   * @param bytes that came out of an archive's entry with all that is nested in it, when reading
   *     stopped
   */
  static RejectedException nestedSize(long bytes, long maxNestedBytes) {
    return new RejectedException(new Verdict("ingest/nested-size", bytes, maxNestedBytes));
  }

  /** An XML file that is not what wikis export. */
  static RejectedException notMediaWiki() {
    return new RejectedException(new Verdict("ingest/not-mediawiki"));
  }

  /** An article that only names another. */
  static RejectedException redirect() {
    return new RejectedException(new Verdict("ingest/redirect"));
  }

  /**
   * @param fault no-container, no-package, no-spine, encrypted
   */
  static RejectedException epub(String fault) {
    return new RejectedException(new Verdict("ingest/epub-" + fault));
  }

  /** Only the answer 200 brings a page. */
  static RejectedException httpStatus(int status) {
    return new RejectedException(new Verdict("ingest/http-status", status, 200));
  }

  /** Neither HTML nor plain text; in a wiki, no wikitext. */
  static RejectedException mediaType() {
    return new RejectedException(new Verdict("ingest/media-type"));
  }

  /** Compressed for the way by something else than gzip, deflate, brotli or zstd. */
  static RejectedException contentEncoding() {
    return new RejectedException(new Verdict("ingest/content-encoding"));
  }
}
