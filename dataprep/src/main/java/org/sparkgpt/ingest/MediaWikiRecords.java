package org.sparkgpt.ingest;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Metadata;

/**
 * The articles of a MediaWiki dump (export 0.3 to 0.11): pages in namespace 0; those in others have
 * no rows. The file is cut at {@code <page>} and {@code </page>}, which cannot occur within a page,
 * and each page is parsed by itself: damage costs one. A page's source is {@code file#@offset}, in
 * the decompressed file; its address is the site's with the page's title.
 */
final class MediaWikiRecords implements Records {
  private static final byte[] PAGE = "<page>".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PAGE_END = "</page>".getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST_HEAD = 1 << 20;

  private final InputStream in;
  private final String source;
  private final long maxBytes;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private int position;
  private int limit;
  private long offset;
  private long takenBytes;
  private boolean begun;
  private Site site;
  private long place;
  private Article article;
  private IOException failure;

  /** What the dump says of itself; each may be null. */
  private record Site(String base, String language) {}

  private record Article(
      String title, String namespace, String model, String text, String date, boolean redirect) {}

  MediaWikiRecords(InputStream in, String source, long maxBytes) {
    this.in = in;
    this.source = source;
    this.maxBytes = maxBytes;
  }

  @Override
  public boolean next() throws IOException {
    if (!begun) {
      begun = true;
      if (!readHead()) {
        return false;
      }
    } else if (!take(PAGE, 0)) {
      return false; // the dump's end
    }
    while (true) {
      place = offset - PAGE.length;
      if (!take(PAGE_END, maxBytes)) {
        throw new EOFException("page is cut");
      }
      if (parse()) {
        return true;
      }
      if (!take(PAGE, 0)) {
        return false;
      }
    }
  }

  /** What is before the first page; false if there is no page. */
  private boolean readHead() throws IOException {
    boolean found = take(PAGE, LONGEST_HEAD);
    String head = taken.toString(StandardCharsets.UTF_8);
    int root = head.indexOf("<mediawiki");
    if (root < 0) {
      throw RejectedException.notMediaWiki();
    }
    int end = head.indexOf('>', root);
    int language = head.indexOf("xml:lang=\"", root);
    String base = between(head, "<base>", "</base>", root);
    String declared =
        language > 0 && language < end ? between(head, "xml:lang=\"", "\"", root) : null;
    site = new Site(base, declared);
    return found;
  }

  private static String between(String text, String open, String close, int from) {
    int start = text.indexOf(open, from);
    int end = start < 0 ? -1 : text.indexOf(close, start + open.length());
    return end < 0 ? null : text.substring(start + open.length(), end);
  }

  /**
   * Takes bytes up to and with a tag, false at the file's end.
   *
   * @param kept how many of them are kept
   */
  private boolean take(byte[] tag, long kept) throws IOException {
    taken.reset();
    takenBytes = 0;
    int matched = 0;
    while (position < limit || fill()) {
      int from = position;
      while (position < limit && matched < tag.length) {
        byte b = buffer[position++];
        // '<' is a tag's first byte and none of the others.
        matched = b == tag[matched] ? matched + 1 : b == '<' ? 1 : 0;
      }
      takenBytes += position - from;
      if (takenBytes <= kept) {
        taken.write(buffer, from, position - from);
      }
      if (matched == tag.length) {
        offset += takenBytes;
        return true;
      }
    }
    offset += takenBytes;
    return false;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer, 0, buffer.length));
    return limit > 0;
  }

  /** Reads the page's elements; false if it is in another namespace. */
  private boolean parse() {
    failure = null;
    article = null;
    if (takenBytes > maxBytes) {
      failure = RejectedException.tooLarge(takenBytes, maxBytes);
      return true;
    }
    byte[] content = taken.toByteArray();
    byte[] xml = new byte[PAGE.length + content.length];
    System.arraycopy(PAGE, 0, xml, 0, PAGE.length);
    System.arraycopy(content, 0, xml, PAGE.length, content.length);
    try {
      article = article(Xml.reader(xml));
      return article.namespace == null || article.namespace.equals("0");
    } catch (XMLStreamException e) {
      failure = RejectedException.damaged();
      return true;
    }
  }

  private static Article article(XMLStreamReader xml) throws XMLStreamException {
    String title = null;
    String namespace = null;
    String model = null;
    String text = null;
    String date = null;
    boolean redirect = false;
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.ENTITY_REFERENCE) {
        throw new XMLStreamException("an entity of a document type");
      }
      if (event == XMLStreamConstants.START_ELEMENT) {
        switch (xml.getLocalName()) {
          case "title" -> title = Xml.text(xml);
          case "ns" -> namespace = Xml.text(xml).strip();
          case "redirect" -> redirect = true;
          case "timestamp" -> date = Xml.text(xml).strip();
          case "model" -> model = Xml.text(xml).strip();
          case "text" -> text = Xml.text(xml);
          default -> {}
        }
      }
    }
    return new Article(title, namespace, model, text, date, redirect);
  }

  @Override
  public Document read() throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (article.redirect()) {
      throw RejectedException.redirect();
    }
    if (article.model() != null && !article.model().equals("wikitext")) {
      throw RejectedException.mediaType();
    }
    if (article.text() == null) {
      throw RejectedException.noText();
    }
    String url = url();
    Metadata metadata =
        new Metadata(article.title(), null, article.date(), site.language(), url, null);
    return Document.of(WikiText.plain(article.text()), source(), url, metadata);
  }

  /** {@code https://en.wikipedia.org/wiki/Main_Page} says where the others are. */
  private String url() {
    String base = site.base();
    if (base == null || article.title() == null || !base.startsWith("http")) {
      return null;
    }
    String title = article.title().strip().replace(' ', '_').replace("?", "%3F");
    return base.substring(0, base.lastIndexOf('/') + 1) + title;
  }

  @Override
  public String source() {
    return source + "#@" + place;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
