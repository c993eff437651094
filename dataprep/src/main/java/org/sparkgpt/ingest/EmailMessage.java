package org.sparkgpt.ingest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.stream.BodyDescriptor;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RecursionMode;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Metadata;
import org.sparkgpt.extract.HtmlCharset;
import org.sparkgpt.extract.PageReader;

/**
 * A mail (RFC 5322, MIME): the text is its first plain part that is no attachment, failing that its
 * first HTML part. Quoted replies and signatures stay; attached messages are not read.
 */
final class EmailMessage {
  /** Parts within parts; mailers nest three or four. */
  private static final int MAX_DEPTH = 32;

  private final long maxBytes;
  private final PageReader pages;
  private final MimeTokenStream tokens;

  /** What was found in one message. */
  private static final class Found {
    private String subject;
    private String from;
    private String date;
    private byte[] plain;
    private Charset plainCharset;
    private byte[] html;
    private Charset htmlCharset;
  }

  EmailMessage(long maxBytes, PageReader pages) {
    this.maxBytes = maxBytes;
    this.pages = pages;
    int unlimited = -1; // the message is in memory already, and no longer than allowed
    this.tokens =
        new MimeTokenStream(
            new MimeConfig.Builder()
                .setMaxLineLen(unlimited)
                .setMaxHeaderLen(unlimited)
                .setMaxHeaderCount(unlimited)
                .setMaxContentLen(unlimited)
                .build());
    tokens.setRecursionMode(RecursionMode.M_NO_RECURSE);
  }

  Document document(byte[] message, String source) throws IOException {
    Found found = new Found();
    try {
      walk(message, found);
    } catch (MimeException | RuntimeException e) { // the library's own, on odd messages
      throw RejectedException.damaged();
    }
    if (found.subject == null && found.from == null && found.date == null) {
      throw RejectedException.damaged(); // no mail
    }
    return Document.of(text(found), source, null, metadata(found));
  }

  private void walk(byte[] message, Found found) throws IOException, MimeException {
    tokens.parse(new ByteArrayInputStream(message));
    int depth = 0;
    boolean attached = false;
    EntityState state = tokens.getState();
    while (state != EntityState.T_END_OF_STREAM) {
      switch (state) {
        case T_START_MULTIPART -> {
          if (++depth > MAX_DEPTH) {
            throw RejectedException.damaged();
          }
        }
        case T_END_MULTIPART -> depth--;
        case T_START_HEADER -> attached = false;
        case T_FIELD -> {
          Field field = tokens.getField();
          attached |= isAttachment(field);
          if (depth == 0) {
            note(field, found);
          }
        }
        case T_BODY -> {
          if (!attached) {
            keep(tokens.getBodyDescriptor(), found);
          }
        }
        default -> {}
      }
      state = tokens.next();
    }
  }

  private static boolean isAttachment(Field field) {
    return field.getName().equalsIgnoreCase("Content-Disposition")
        && field.getBody().strip().toLowerCase(Locale.ROOT).startsWith("attachment");
  }

  private static void note(Field field, Found found) {
    String value = DecoderUtil.decodeEncodedWords(field.getBody(), DecodeMonitor.SILENT).strip();
    switch (field.getName().toLowerCase(Locale.ROOT)) {
      case "subject" -> found.subject = found.subject == null ? value : found.subject;
      case "from" -> found.from = found.from == null ? value : found.from;
      case "date" -> found.date = found.date == null ? value : found.date;
      default -> {}
    }
  }

  private void keep(BodyDescriptor part, Found found) throws IOException {
    String declared = part.getCharset();
    Charset charset = declared == null ? null : HtmlCharset.named(declared);
    if (part.getMimeType().equals("text/plain") && found.plain == null) {
      found.plain = StrictText.readAll(tokens.getDecodedInputStream(), maxBytes);
      found.plainCharset = charset;
    } else if (part.getMimeType().equals("text/html") && found.html == null) {
      found.html = StrictText.readAll(tokens.getDecodedInputStream(), maxBytes);
      found.htmlCharset = charset;
    }
  }

  private String text(Found found) throws IOException {
    if (found.plain != null) {
      // Without a charset US-ASCII is meant; most that send other bytes send UTF-8.
      boolean ascii =
          found.plainCharset == null || found.plainCharset.equals(StandardCharsets.US_ASCII);
      String text =
          ascii
              ? HtmlCharset.decode(found.plain, null)
              : new String(found.plain, found.plainCharset);
      return text.replace("\r\n", "\n").strip();
    }
    if (found.html == null) {
      throw RejectedException.noText();
    }
    return pages.read(found.html, found.htmlCharset, null).text();
  }

  private static Metadata metadata(Found found) {
    return new Metadata(
        blankToNull(found.subject), blankToNull(found.from), date(found.date), null, null, null);
  }

  private static String blankToNull(String value) {
    return value == null || value.isBlank() ? null : value;
  }

  /** ISO 8601; null if the header is none that RFC 5322 allows. */
  private static String date(String header) {
    if (header == null) {
      return null;
    }
    int comment = header.indexOf('('); // the zone's name, behind its number
    String plain = (comment < 0 ? header : header.substring(0, comment)).strip();
    try {
      String spaced = plain.replaceAll("\\s+", " ");
      return OffsetDateTime.parse(spaced, DateTimeFormatter.RFC_1123_DATE_TIME).toString();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
