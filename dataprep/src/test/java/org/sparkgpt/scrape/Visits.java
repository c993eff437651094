package org.sparkgpt.scrape;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Visits and exchanges, made up. */
final class Visits {
  private Visits() {}

  static Visit of(String url, Outcome outcome, long time, String body, String... links) {
    return new Visit(
        url,
        1,
        0,
        0,
        false,
        outcome,
        200,
        "text/html",
        body.length(),
        WarcRecord.sha1(bytes(body)),
        "\"tag\"",
        null,
        null,
        List.of(links),
        List.of(),
        time,
        time + 10,
        0);
  }

  static Exchange exchange(String url, String body) {
    String header =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: "
            + bytes(body).length
            + "\r\n\r\n";
    return new Exchange(
        url,
        InetAddress.getLoopbackAddress(),
        bytes("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"),
        bytes(header),
        bytes(body));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
