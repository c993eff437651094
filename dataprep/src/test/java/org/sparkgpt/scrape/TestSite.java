package org.sparkgpt.scrape;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A host of a small web, on a loopback address of its own, that remembers who asked for what. */
final class TestSite implements AutoCloseable {
  /**
   * A request.
   *
   * @param start in ns, when it came; {@code end}, when its answer was written
   */
  record Request(String path, int status, long start, long end) {}

  /** What a path answers. */
  interface Page {
    /**
     * Sends headers and returns the body.
     *
     * @param turn how often the path was asked for before
     */
    Answer answer(HttpExchange exchange, int turn);
  }

  record Answer(int status, String body) {}

  private final Map<String, Page> pages = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> turns = new ConcurrentHashMap<>();
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger mostActive = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private volatile Consumer<String> onRequest = path -> {};

  /**
   * @param number of the address {@code 127.0.0.<number>}
   */
  TestSite(int number) throws IOException {
    byte[] address = {127, 0, 0, (byte) number};
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(address), 0), 0);
    server.createContext("/", this::serve);
    server.setExecutor(threads);
    server.start();
  }

  /** The URL of a path. */
  String url(String path) {
    InetSocketAddress at = server.getAddress();
    return "http://" + at.getAddress().getHostAddress() + ":" + at.getPort() + path;
  }

  /** Some text of its own, and links. */
  static String html(String title, List<String> links) {
    StringBuilder page = new StringBuilder("<html><title>").append(title).append("</title><p>");
    for (int i = 0; i < 30; i++) {
      page.append("Sentence ").append(i).append(" of the page about ").append(title).append(". ");
    }
    links.forEach(link -> page.append("<a href=\"").append(link).append("\">more</a>\n"));
    return page.append("</html>").toString();
  }

  TestSite page(String path, Page page) {
    pages.put(path, page);
    return this;
  }

  TestSite page(String path, String... links) {
    return page(path, (exchange, turn) -> new Answer(200, html(url(path), List.of(links))));
  }

  TestSite robots(String text) {
    return page(
        "/robots.txt",
        (exchange, turn) -> {
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          return new Answer(200, text);
        });
  }

  TestSite redirect(String path, String to) {
    return page(
        path,
        (exchange, turn) -> {
          exchange.getResponseHeaders().set("Location", to);
          return new Answer(302, "");
        });
  }

  /** Pages {@code /0} to {@code /n-1} below {@code /}, in a tree. */
  TestSite tree(int n, int branches, String... alsoAtHome) {
    for (int i = 0; i < n; i++) {
      int first = i * branches + 1;
      String[] links = new String[branches];
      for (int b = 0; b < branches; b++) {
        links[b] = first + b < n ? "/" + (first + b) : "/0";
      }
      page("/" + i, links);
    }
    String[] home = java.util.Arrays.copyOf(alsoAtHome, alsoAtHome.length + 1);
    home[alsoAtHome.length] = "/0";
    return page("/", home);
  }

  /** Called at the beginning of each request. */
  void onRequest(Consumer<String> listener) {
    onRequest = listener;
  }

  private void serve(HttpExchange exchange) throws IOException {
    long start = System.nanoTime();
    mostActive.accumulateAndGet(active.incrementAndGet(), Math::max);
    String path = exchange.getRequestURI().toString();
    int status = 0;
    try (exchange) {
      onRequest.accept(path);
      int turn = turns.computeIfAbsent(path, p -> new AtomicInteger()).getAndIncrement();
      exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
      Page page = pages.get(path);
      Answer answer = page == null ? new Answer(404, "") : page.answer(exchange, turn);
      status = answer.status();
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (IOException e) {
      if (status == 0) {
        throw new UncheckedIOException(e);
      } // else the crawler was killed
    } finally {
      active.decrementAndGet();
      requests.add(new Request(path, status, start, System.nanoTime()));
    }
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Most requests that were being answered at the same time. */
  int mostActive() {
    return mostActive.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
