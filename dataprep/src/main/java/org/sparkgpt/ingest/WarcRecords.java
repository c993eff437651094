package org.sparkgpt.ingest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.netpreserve.jwarc.WarcConversion;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
import org.netpreserve.jwarc.WarcResponse;
import org.netpreserve.jwarc.WarcTargetRecord;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.extract.Page;
import org.sparkgpt.extract.PageReader;

/**
 * The web pages of a WARC file (HTTP responses) or the texts of a WET file (conversions); a
 * record's source is {@code file#number}, counting records of every type from 1. After damage
 * reading goes on at the next record that can be found, and the stretch between counts as one.
 */
final class WarcRecords implements Records {
  private final WarcBytes bytes;
  private final String source;
  private final IngestConfig config;
  private final PageReader pages;
  private WarcReader reader;
  private long number;
  private boolean ended;
  private boolean inDamage;
  private boolean isPage;
  private String url;
  private byte[] body;
  private IOException failure;

  WarcRecords(InputStream in, String source, IngestConfig config, PageReader pages) {
    this.bytes = new WarcBytes(in);
    this.source = source;
    this.config = config;
    this.pages = pages;
  }

  @Override
  public boolean next() {
    while (!ended) {
      failure = null;
      try {
        if (step()) {
          return true;
        }
      } catch (EOFException e) {
        ended = true;
        return !inDamage && fail(e);
      } catch (UncheckedIOException e) {
        throw e; // the storage's failure, not the record's
      } catch (IOException | RuntimeException e) { // jwarc throws unchecked on odd header values
        reader = null;
        if (!inDamage) {
          inDamage = true;
          return fail(e instanceof IOException broken ? broken : RejectedException.damaged());
        }
      }
    }
    return false;
  }

  private boolean fail(IOException e) {
    number++;
    failure = e;
    return true;
  }

  /** Reads one record; true if it is one that should be a document. */
  private boolean step() throws IOException {
    if (reader == null) {
      return openAtNextRecord();
    }
    bytes.limitHeader();
    Optional<WarcRecord> found = reader.next();
    bytes.unlimit();
    if (found.isEmpty()) {
      ended = true;
      return false;
    }
    WarcRecord record = found.get();
    boolean wanted = isDocument(record);
    if (wanted) {
      load((WarcTargetRecord) record);
    } else {
      record.body().consume();
    }
    number++;
    inDamage = false;
    return wanted;
  }

  /** True if something had to be skipped that was not yet reported. */
  private boolean openAtNextRecord() throws IOException {
    boolean clean = bytes.seekRecord();
    if (bytes.atEnd()) {
      ended = true;
    } else {
      reader = new WarcReader(bytes, bytes.buffer());
    }
    if (clean || inDamage) {
      return false;
    }
    inDamage = true;
    return fail(RejectedException.damaged());
  }

  private static boolean isDocument(WarcRecord record) {
    String type = record.headers().first("Content-Type").orElse("");
    return record instanceof WarcConversion
        || record instanceof WarcResponse && type.startsWith("application/http");
  }

  private void load(WarcTargetRecord record) throws IOException {
    isPage = record instanceof WarcResponse;
    url = record.target();
    long size = record.body().size();
    if (size > config.maxDocumentBytes()) {
      record.body().consume();
      body = null;
      failure = RejectedException.tooLarge(size, config.maxDocumentBytes());
    } else {
      body = record.body().stream().readNBytes(Math.toIntExact(size));
      if (body.length < size) {
        throw new EOFException("record is cut");
      }
    }
  }

  @Override
  public Document read() throws IOException {
    if (failure != null) {
      throw failure;
    }
    byte[] payload = body;
    body = null;
    if (!isPage) {
      return Document.of(StrictText.decode(payload), source(), url);
    }
    Page page = HttpPage.read(payload, url, config, pages);
    return Document.of(page.text(), source(), url, page.metadata());
  }

  @Override
  public String source() {
    return source + "#" + number;
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
