package org.sparkgpt.ingest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.Set;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.extract.HtmlCharset;

/**
 * A book as EPUB 2 or 3: the texts of its spine in their order, but for tables of contents; all of
 * it is one document.
 */
final class EpubBook {
  private static final String CONTAINER = "META-INF/container.xml";
  private static final String ENCRYPTION = "META-INF/encryption.xml";

  /** Ways to hide fonts, which are no text: only these leave the text readable. */
  private static final Set<String> FONTS_ONLY =
      Set.of("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC");

  private final ZipFile zip;
  private final IngestConfig config;

  /** What may still come out of the book. */
  private long left;

  private EpubBook(ZipFile zip, IngestConfig config) {
    this.zip = zip;
    this.config = config;
    this.left = config.maxDocumentBytes();
  }

  static Document read(byte[] bytes, String source, IngestConfig config) throws IOException {
    var channel = new SeekableInMemoryByteChannel(bytes);
    try (ZipFile zip = new ZipFile(channel, source, "UTF-8", true, true)) {
      return new EpubBook(zip, config).document(source);
    } catch (RejectedException | EOFException e) {
      throw e;
    } catch (IOException | XMLStreamException | RuntimeException e) {
      throw RejectedException.damaged(); // Commons Compress throws unchecked on malformed headers
    }
  }

  private Document document(String source) throws IOException, XMLStreamException {
    byte[] container = bytes(CONTAINER);
    if (container == null) {
      throw RejectedException.epub("no-container");
    }
    requireReadable();
    String path = rootFile(container);
    byte[] opf = path == null ? null : bytes(path);
    if (opf == null) {
      throw RejectedException.epub("no-package");
    }
    EpubPackage book = EpubPackage.parse(opf);
    if (book.spine().isEmpty()) {
      throw RejectedException.epub("no-spine");
    }
    StringBuilder text = new StringBuilder();
    Set<String> seen = new HashSet<>();
    for (String href : book.spine()) {
      String name = resolve(path, href);
      byte[] chapter = name == null || !seen.add(name) ? null : bytes(name);
      if (chapter != null) {
        String words = BookText.of(HtmlCharset.decode(chapter, null));
        text.append(text.isEmpty() || words.isEmpty() ? "" : "\n\n").append(words);
      }
    }
    return Document.of(text.toString(), source, null, book.metadata());
  }

  private void requireReadable() throws IOException, XMLStreamException {
    byte[] encryption = bytes(ENCRYPTION);
    if (encryption == null) {
      return;
    }
    XMLStreamReader xml = Xml.reader(encryption);
    boolean inKey = false;
    while (xml.hasNext()) {
      int event = xml.next();
      boolean key = xml.hasName() && xml.getLocalName().equals("EncryptedKey");
      inKey = key ? event == XMLStreamConstants.START_ELEMENT : inKey;
      if (event == XMLStreamConstants.START_ELEMENT
          && xml.getLocalName().equals("EncryptionMethod")
          && !inKey
          && !FONTS_ONLY.contains(xml.getAttributeValue(null, "Algorithm"))) {
        throw RejectedException.epub("encrypted");
      }
    }
  }

  private static String rootFile(byte[] container) throws XMLStreamException {
    XMLStreamReader xml = Xml.reader(container);
    while (xml.hasNext()) {
      if (xml.next() == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("rootfile")) {
        return xml.getAttributeValue(null, "full-path");
      }
    }
    return null;
  }

  /** A file's name in the zip; null if the reference leads nowhere in it. */
  private static String resolve(String base, String href) {
    try {
      return URI.create("/")
          .resolve(new URI(null, null, "/" + base, null))
          .resolve(href)
          .getPath()
          .substring(1);
    } catch (URISyntaxException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  /** A file's content, null if there is no such file. */
  private byte[] bytes(String name) throws IOException {
    ZipArchiveEntry entry = zip.getEntry(name);
    if (entry == null) {
      return null;
    }
    if (!zip.canReadEntryData(entry)) {
      throw RejectedException.epub("encrypted");
    }
    try (InputStream in =
        new Expansion.Verified(zip.getInputStream(entry), entry, config.maxCompressionRatio())) {
      byte[] content = StrictText.readAll(in, left);
      left -= content.length;
      return content;
    }
  }
}
