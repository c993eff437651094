import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A small web of documentation on the loopback interface: {@code java DemoWeb.java PORT JAR ...} serves the pages of the
 * first jar on PORT, of the second on PORT + 1 ..., says so in one line and goes on until it is killed.
 */
final class DemoWeb {
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    for (int i = 1; i < arguments.length; i++) {
      ZipFile jar = new ZipFile(arguments[i]);
      InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port + i - 1);
      HttpServer server = HttpServer.create(address, 0);
      server.createContext("/", exchange -> serve(exchange, jar));
      server.setExecutor(Executors.newCachedThreadPool());
      server.start();
    }
    System.out.println("serving " + (arguments.length - 1) + " sites from http://127.0.0.1:" + port + "/");
  }

  private static void serve(HttpExchange exchange, ZipFile jar) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(1);
      if (path.equals("robots.txt")) {
        answer(exchange, "text/plain", "User-agent: *\nDisallow: /lib/\n".getBytes(StandardCharsets.US_ASCII));
        return;
      }
      ZipEntry entry = path.endsWith(".html") ? jar.getEntry(path) : null;
      if (entry == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      exchange.getResponseHeaders().set("ETag", '"' + Long.toHexString(entry.getCrc()) + '"');
      try (InputStream page = jar.getInputStream(entry)) {
        answer(exchange, "text/html; charset=utf-8", page.readAllBytes());
      }
    }
  }

  private static void answer(HttpExchange exchange, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }
}
