// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.realservers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Starts and stops DNS, policy hosts and MX hosts with the script. */
final class RealServers {
  private static final Path SCRIPT = Path.of("src/it/real-servers.sh");
  private static final Path LOG = Path.of("target/real-servers.log");

  private final String directory;
  private final Properties settings = new Properties();
  private final AtomicBoolean stopped = new AtomicBoolean();

  private RealServers(String directory) {
    this.directory = directory;
  }

  static RealServers start() throws IOException, InterruptedException {
    RealServers servers = new RealServers(script("start"));
    Runtime.getRuntime().addShutdownHook(new Thread(servers::stopAtExit));
    try (Reader file = Files.newBufferedReader(Path.of(servers.directory, "servers.properties"))) {
      servers.settings.load(file);
    }
    return servers;
  }

  /** Runs the script, and returns what it printed. */
  private static String script(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("bash", SCRIPT.toString());
    builder.command().addAll(List.of(arguments));
    Process process = builder.redirectError(LOG.toFile()).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    int status = process.waitFor();
    if (status != 0) {
      throw new IllegalStateException(
          String.join(" ", builder.command())
              + ": expected exit status 0, found "
              + status
              + "; its output:\n"
              + Files.readString(LOG));
    }
    return printed;
  }

  InetSocketAddress dns() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), number("dns.port"));
  }

  int httpsPort() {
    return number("https.port");
  }

  /** Returns the paths requested from the domain's policy host, in order. */
  List<String> requestsAtPolicyHostOf(String domain) throws IOException {
    return Files.readAllLines(Path.of(value("https.log"))).stream()
        .map(line -> line.split(" ", 3))
        .filter(fields -> fields[1].equals("mta-sts." + domain))
        .map(fields -> fields[2])
        .toList();
  }

  PostfixHost mx(String name) {
    return new PostfixHost(
        "mx." + name + ".test",
        number("mx." + name + ".port"),
        Path.of(value("mx." + name + ".log")),
        Path.of(value("mx." + name + ".mailbox")));
  }

  /** Trusts only the CA of the policy hosts and of the MX hosts with valid certificates. */
  X509TrustManager trust() throws IOException, GeneralSecurityException {
    KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
    anchors.load(null, null);
    try (InputStream pem = Files.newInputStream(Path.of(value("ca")))) {
      anchors.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(anchors);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  private int number(String key) {
    return Integer.parseInt(value(key));
  }

  private String value(String key) {
    return Objects.requireNonNull(settings.getProperty(key), key);
  }

  void stop() throws IOException, InterruptedException {
    if (stopped.compareAndSet(false, true)) {
      script("stop", directory);
    }
  }

  /** Stops the servers if the JVM exits during a test. */
  private void stopAtExit() {
    try {
      stop();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
