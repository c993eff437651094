package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Metadata;
import org.sparkgpt.extract.Page;
import org.sparkgpt.extract.PageReader;
import org.sparkgpt.ingest.ArchivedRecord.Kind;

/**
 * The web pages of a WARC or ARC file (HTTP responses) and the texts of a WET file (conversions).
 * Records of other types, {@code revisit} among them, have no rows. A record's source is {@code
 * file#@offset}, where it or its gzip member begins: as indexes of web archives (CDX) have it; a
 * record that is not the first of its member has {@code +n} behind it, its place in what the member
 * unpacks to. After damage reading goes on at the next record that can be found, and the stretch
 * between counts as one.
 */
final class WarcRecords implements Records {
  private final RecordBytes bytes;
  private final String source;
  private final IngestConfig config;
  private final PageReader pages;
  private boolean inMember;
  private String place = "@0";
  private ArchivedRecord record;
  private byte[] body;
  private IOException failure;

  WarcRecords(RecordBytes bytes, String source, IngestConfig config, PageReader pages) {
    this.bytes = bytes;
    this.source = source;
    this.config = config;
    this.pages = pages;
  }

  @Override
  public boolean next() {
    failure = null;
    body = null;
    try {
      while (true) {
        if (!inMember && !bytes.nextMember()) {
          return false;
        }
        inMember = true;
        place = bytes.place();
        if (!bytes.hasRecord()) {
          inMember = false;
        } else if (step()) {
          return true;
        }
      }
    } catch (UncheckedIOException e) {
      throw e; // the storage's failure, not the record's
    } catch (IOException e) { // the member's end, for good or bad
      place = inMember ? place : bytes.place();
      inMember = false;
      failure = e;
      return true;
    }
  }

  /** Reads one record; true if it is one that should be a document. */
  private boolean step() throws IOException {
    place = bytes.place();
    if (!bytes.atRecord()) {
      return skipDamage();
    }
    try {
      record = bytes.readHeader();
    } catch (RejectedException e) {
      return skipDamage();
    }
    if (record.kind() == Kind.OTHER) {
      bytes.skipBody(record.length());
      return false;
    }
    if (record.length() > config.maxDocumentBytes()) {
      bytes.skipBody(record.length());
      failure = RejectedException.tooLarge(record.length(), config.maxDocumentBytes());
    } else {
      body = bytes.readBody((int) record.length());
    }
    return true;
  }

  private boolean skipDamage() throws IOException {
    bytes.seekRecord();
    failure = RejectedException.damaged();
    return true;
  }

  @Override
  public Document read() throws IOException {
    if (failure != null) {
      throw failure;
    }
    byte[] payload = body;
    body = null;
    if (record.kind() == Kind.TEXT) {
      return Document.of(
          StrictText.decode(payload), source(), record.url(), Metadata.NONE, record.fetched());
    }
    Page page = HttpPage.read(payload, record.url(), config, pages);
    return Document.of(page.text(), source(), record.url(), page.metadata(), record.fetched());
  }

  @Override
  public String source() {
    return source + "#" + place;
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
