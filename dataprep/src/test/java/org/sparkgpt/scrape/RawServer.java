package org.sparkgpt.scrape;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A web server that answers exactly what it is told to, right or wrong. A path that is not known
 * gets a 404.
 */
final class RawServer implements AutoCloseable {
  /** Writes an answer; the connection is closed after it. */
  interface Answer {
    void write(String requestHeader, OutputStream out) throws IOException;
  }

  private final ServerSocket socket;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();

  /** The request headers, in the order in which they came. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** When they came, by {@link System#nanoTime}. */
  final List<Long> times = new CopyOnWriteArrayList<>();

  RawServer() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    threads.execute(this::accept);
  }

  String url(String path) {
    return host() + path;
  }

  String host() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  RawServer on(String path, Answer answer) {
    answers.put(path, answer);
    return this;
  }

  RawServer on(String path, String answer) {
    return on(path, (request, out) -> out.write(answer.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** A sane answer. */
  RawServer page(String path, String body) {
    return on(path, ok("text/html", body));
  }

  static String ok(String mediaType, String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: "
        + mediaType
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** The paths asked for. */
  List<String> paths() {
    return requests.stream().map(r -> r.split(" ", 3)[1]).toList();
  }

  long count(String path) {
    return paths().stream().filter(path::equals).count();
  }

  /** The largest number of requests that were being answered at a time. */
  int mostOpen() {
    return mostOpen.get();
  }

  /** Lets a little time pass, as a slow server would; false if the server was closed meanwhile. */
  boolean dawdle(int millis) {
    try {
      return !closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void accept() {
    while (true) {
      try {
        Socket connection = socket.accept();
        threads.execute(() -> serve(connection));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      StringBuilder header = new StringBuilder();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        header.append(line).append('\n');
      }
      mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
      times.add(System.nanoTime());
      requests.add(header.toString());
      Answer answer =
          answers.getOrDefault(
              header.toString().split(" ", 3)[1],
              (request, out) ->
                  out.write("HTTP/1.1 404 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      try {
        answer.write(header.toString(), connection.getOutputStream());
      } finally {
        open.decrementAndGet();
      }
    } catch (SocketException e) {
      // The client had enough.
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    socket.close();
    threads.shutdownNow();
  }
}
