package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpFetchTlsTest {
  private static final String PASSWORD = "changeit";

  @TempDir Path dir;
  private SSLContext context;
  private HttpsServer server;

  @BeforeEach
  void start() throws Exception {
    context = contextOf(selfSigned("ip:127.0.0.1"));
    server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, 5);
          exchange.getResponseBody().write("hello".getBytes());
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private KeyStore selfSigned(String name) throws Exception {
    Path file = dir.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "test",
                "-dname",
                "CN=test",
                "-ext",
                "san=" + name,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  /** Serves with the key, and trusts it. */
  private static SSLContext contextOf(KeyStore keys) throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD.toCharArray());
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    certificates.load(null, null);
    certificates.setCertificateEntry("test", keys.getCertificate("test"));
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(certificates);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  private HttpFetch.Request request(String host) {
    String url = "https://" + host + ":" + server.getAddress().getPort() + "/";
    return new HttpFetch.Request(url, List.of(), null, null, 100, false);
  }

  @Test
  void aTrustedCertificateForTheNameIsTaken() throws Exception {
    try (HttpFetch fetch = new HttpFetch(ScrapeConfigs.local(), context.getSocketFactory())) {
      assertThat(fetch.get(request("127.0.0.1")).body()).asString().isEqualTo("hello");
    }
  }

  @Test
  void aCertificateForAnotherNameIsNot() {
    try (HttpFetch fetch = new HttpFetch(ScrapeConfigs.local(), context.getSocketFactory())) {
      assertThatThrownBy(() -> fetch.get(request("localhost"))).hasMessage("tls");
    }
  }

  @Test
  void aCertificateThatNobodyVouchesForIsNot() {
    try (HttpFetch fetch = new HttpFetch(ScrapeConfigs.local())) {
      assertThatThrownBy(() -> fetch.get(request("127.0.0.1"))).hasMessage("tls");
    }
  }
}
