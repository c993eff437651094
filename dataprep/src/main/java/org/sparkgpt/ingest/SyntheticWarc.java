package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/**
 * A WARC file of made-up pages, gzip record by record, as crawlers write it: responses with HTTP
 * and WARC headers of common length. The pages are of words that follow Zipf's law among markup and
 * compress about two to one: more work for each record than real ones, which give four or five.
 */
public final class SyntheticWarc {
  private static final int WORDS = 20_000;
  private static final String[] TAGS = {
    "<p class=\"story\">", "</p>\n", "<a href=\"/news/item?id=", "\">", "</a> ", "<li>", "</li>\n"
  };

  private SyntheticWarc() {}

  /**
   * @param bytes of each page's HTML, about
   */
  public static void write(Path file, int records, int bytes, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    String[] words = words(random.split());
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < records; i++) {
        GZIPOutputStream gzip = new GZIPOutputStream(out, 1 << 16);
        gzip.write(record(i, page(words, bytes, random)));
        gzip.finish();
      }
    }
  }

  private static String[] words(SplittableRandom random) {
    String[] words = new String[WORDS];
    for (int i = 0; i < WORDS; i++) {
      int length = 2 + random.nextInt(9);
      StringBuilder word = new StringBuilder();
      for (int j = 0; j < length; j++) {
        word.append(
            "etaoinshrdlucmfwypvbgkqjxz".charAt((int) (26 * Math.pow(random.nextDouble(), 2))));
      }
      words[i] = word.toString();
    }
    return words;
  }

  private static String page(String[] words, int bytes, SplittableRandom random) {
    StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html><head><title>");
    page.append(words[random.nextInt(WORDS)]).append("</title></head><body>\n");
    while (page.length() < bytes) {
      page.append(words[(int) (Math.pow(WORDS, random.nextDouble()) - 1)]).append(' ');
      if (random.nextInt(8) == 0) {
        page.append(TAGS[random.nextInt(TAGS.length)]);
      }
    }
    return page.append("</body></html>\n").toString();
  }

  private static byte[] record(int number, String page) {
    String http =
        "HTTP/1.1 200 OK\r\nDate: Tue, 02 Jan 2024 03:04:05 GMT\r\nServer: nginx\r\n"
            + "Content-Type: text/html; charset=utf-8\r\nConnection: keep-alive\r\n"
            + "Cache-Control: max-age=600\r\nContent-Length: "
            + page.length()
            + "\r\n\r\n";
    String warc =
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2024-01-02T03:04:05Z\r\nWARC-Record-ID: "
            + "<urn:uuid:"
            + new UUID(0, number)
            + ">\r\nContent-Length: "
            + (http.length() + page.length())
            + "\r\nContent-Type: application/http; msgtype=response\r\n"
            + "WARC-IP-Address: 127.0.0.1\r\nWARC-Target-URI: http://example.org/news/"
            + number
            + "\r\nWARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n\r\n";
    return (warc + http + page + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }
}
