package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Optional;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.extract.ExtractConfig;
import org.sparkgpt.extract.HtmlCharset;
import org.sparkgpt.extract.PageReader;
import org.sparkgpt.ingest.IngestConfig;
import org.sparkgpt.ingest.Ingestion;

/** Reads a document's record again, if it is still there, and says how it became text. */
final class RecordAgain implements PageReader.Witness {
  private final IngestConfig ingest;
  private final ExtractConfig extract;
  private final boolean full;
  private final PrintWriter out;
  private byte[] page;
  private Charset declared;

  RecordAgain(IngestConfig ingest, ExtractConfig extract, boolean full, PrintWriter out) {
    this.ingest = ingest;
    this.extract = extract;
    this.full = full;
    this.out = out;
  }

  @Override
  public void page(byte[] seen, Charset charset) {
    page = seen;
    declared = charset;
  }

  void print(Document document) {
    Optional<Document> again = Optional.empty();
    try {
      PageReader reader = new PageReader(extract, this);
      again = Ingestion.reread(Sessions.hadoopConfiguration(), document.source(), ingest, reader);
      if (again.isEmpty()) {
        out.println("  its record cannot be read again: the source is gone or a table");
        return;
      }
    } catch (IllegalArgumentException | UncheckedIOException e) {
      out.println("  its record cannot be read again: " + e.getMessage());
      return;
    } catch (IOException e) {
      out.println("  its record, read again, is no document: " + e.getMessage());
    }
    if (page != null) {
      printPage();
    }
    again
        .filter(now -> !now.id().equals(document.id()))
        .ifPresent(now -> out.println("  the record has another text by now, id " + now.id()));
  }

  private void printPage() {
    HtmlCharset.Decoded decoded = HtmlCharset.decodePage(page, declared);
    out.printf(
        Locale.ROOT,
        "  page: %,d bytes in %s (%s), %,d characters%n",
        page.length,
        decoded.charset().name(),
        decoded.origin(),
        decoded.text().length());
    try {
      PageReader reader = new PageReader(extract);
      String visible = reader.visibleText(page, declared);
      String main = reader.read(page, declared, null).text();
      out.printf(
          Locale.ROOT,
          "  main text: %,d of %,d visible characters%n",
          main.length(),
          visible.length());
      new LineDiff(visible, main).print(out, full);
    } catch (IOException e) {
      out.println("  no main text: " + e.getMessage());
    }
  }
}
