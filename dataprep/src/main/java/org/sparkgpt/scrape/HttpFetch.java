package org.sparkgpt.scrape;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One GET at a time on a connection of its own (HTTP/1.1). It writes and reads the socket itself,
 * as a crawler must know what other clients hide: the bytes as sent, for the archive; the address
 * that is connected to, which the guard has seen; and a bound on the whole exchange, which no
 * server can stretch by sending a byte now and then. It keeps no cookies, logs in nowhere and
 * follows no redirect. Used by several threads.
 */
final class HttpFetch implements AutoCloseable {
  /** Of a host with several addresses, as many are tried. */
  private static final int MAX_ADDRESSES = 3;

  private static final int OK = 200;

  private final ScrapeConfig config;
  private final AddressGuard guard;
  private final SSLSocketFactory tls;
  private final Set<Call> calls = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(HttpFetch::daemon);

  HttpFetch(ScrapeConfig config) {
    this(config, (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  HttpFetch(ScrapeConfig config, SSLSocketFactory tls) {
    this.config = config;
    this.guard = new AddressGuard(config.allowPrivateAddresses());
    this.tls = tls;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "scrape-watchdog");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * What is asked for.
   *
   * @param url normalised
   * @param accept media types; empty: any
   * @param etag to compare with; null if none
   * @param lastModified to compare with; null if none
   * @param maxBytes of the body
   * @param cut whether a larger body is cut, for which it must come unpacked; if not, it is an
   *     error
   */
  record Request(
      String url,
      List<String> accept,
      String etag,
      String lastModified,
      int maxBytes,
      boolean cut) {

    boolean accepts(String mediaType) {
      return accept.isEmpty() || mediaType != null && accept.contains(mediaType);
    }

    byte[] header(String userAgent) {
      StringBuilder header = new StringBuilder(512);
      header.append("GET ").append(CrawlUrl.pathAndQuery(url)).append(" HTTP/1.1\r\n");
      field(header, "Host", CrawlUrl.authority(url));
      field(header, "User-Agent", userAgent);
      field(header, "Accept", accept.isEmpty() ? "*/*" : String.join(", ", accept));
      field(header, "Accept-Encoding", cut ? "identity" : "gzip, br");
      field(header, "If-None-Match", etag);
      field(header, "If-Modified-Since", lastModified);
      field(header, "Connection", "close");
      return header.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void field(StringBuilder header, String name, String value) {
      if (value != null) {
        header.append(name).append(": ").append(value).append("\r\n");
      }
    }
  }

  /**
   * An answer.
   *
   * @param body null if the status is not 200 or the media type not one that was asked for: then it
   *     is not read
   */
  record Answer(InetAddress address, byte[] requestHeader, HttpHead head, byte[] body) {}

  /**
   * @throws FetchException if no answer comes, or none that can be used
   */
  Answer get(Request request) throws FetchException {
    List<InetAddress> addresses = guard.resolve(CrawlUrl.hostName(request.url()));
    try (Call call = new Call()) {
      return call.run(request, addresses);
    }
  }

  /** Breaks off what is under way: that ends with a {@link CancellationException}. */
  @Override
  public void close() {
    closed = true;
    watchdog.shutdownNow();
    calls.forEach(Call::expire);
  }

  private final class Call implements AutoCloseable {
    private final long deadline =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.totalMillis());

    private volatile Socket socket;
    private volatile boolean expired;
    private ScheduledFuture<?> alarm;

    Answer run(Request request, List<InetAddress> addresses) throws FetchException {
      Outcome onFailure = Outcome.UNREACHABLE;
      try {
        calls.add(this);
        alarm = watchdog.schedule(this::expire, config.totalMillis(), TimeUnit.MILLISECONDS);
        connect(addresses, CrawlUrl.port(request.url()));
        Socket connection = socket;
        if (CrawlUrl.isSecure(request.url())) {
          onFailure = Outcome.TLS;
          connection = secured(request.url());
          onFailure = Outcome.UNREACHABLE;
        }
        byte[] header = request.header(config.userAgent());
        connection.getOutputStream().write(header);
        InputStream in = new BufferedInputStream(connection.getInputStream());
        HttpHead head = HttpHead.read(in, config.maxHeaderBytes());
        onFailure = Outcome.CUT;
        byte[] body = null;
        if (head.status() == OK && request.accepts(head.mediaType())) {
          body = new HttpBody(in, request.maxBytes(), request.cut()).read(head);
        }
        return new Answer(socket.getInetAddress(), header, head, body);
      } catch (FetchException e) {
        throw e;
      } catch (IOException | RuntimeException e) { // the latter: the watchdog is closed
        if (closed) {
          throw new CancellationException("the crawl is being ended");
        }
        throw new FetchException(expired ? Outcome.TIMEOUT : reason(e, onFailure), e);
      }
    }

    private static Outcome reason(Exception e, Outcome otherwise) {
      if (e instanceof SocketTimeoutException) {
        return Outcome.TIMEOUT;
      }
      // A handshake that a broken connection ends says nothing of certificates.
      boolean handshake = otherwise == Outcome.TLS;
      return handshake && !(e instanceof SSLException) || e.getCause() instanceof EOFException
          ? Outcome.UNREACHABLE
          : otherwise;
    }

    private void connect(List<InetAddress> addresses, int port) throws IOException {
      IOException failure = null;
      for (InetAddress address : addresses.subList(0, Math.min(addresses.size(), MAX_ADDRESSES))) {
        Socket attempt = new Socket(Proxy.NO_PROXY);
        socket = attempt;
        try {
          long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
          if (expired || left <= 0) {
            throw new SocketTimeoutException("no time left to connect");
          }
          attempt.connect(
              new InetSocketAddress(address, port), (int) Math.min(config.connectMillis(), left));
          attempt.setSoTimeout(config.readMillis());
          return;
        } catch (IOException e) {
          attempt.close();
          failure = e;
        }
      }
      throw failure;
    }

    /** The certificate must be one that Java trusts, and for this name. */
    private SSLSocket secured(String url) throws IOException {
      SSLSocket secured =
          (SSLSocket) tls.createSocket(socket, CrawlUrl.hostName(url), CrawlUrl.port(url), true);
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secured.setSSLParameters(parameters);
      secured.startHandshake();
      return secured;
    }

    /** Closing the plain socket ends a read at once; a TLS socket's close would wait for it. */
    private void expire() {
      expired = true;
      closeSocket();
    }

    private void closeSocket() {
      Socket open = socket;
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          // There is nothing more to be had from it.
        }
      }
    }

    @Override
    public void close() {
      calls.remove(this);
      if (alarm != null) {
        alarm.cancel(false);
      }
      closeSocket();
    }
  }
}
