package io.github.mtasts.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Makes the one GET, by OkHttp, with everything switched off that a browser would want.
 *
 * <p>Each fetch has a client of its own. Nothing can be carried over from one policy host to
 * another then, no connection, session or cookie; nor does OkHttp's memory of failed routes, which
 * is never emptied, grow with every dead host. Immutable, hence thread-safe.
 */
final class PolicyHostClient {
  private final PlainSockets plainSockets;
  private final TlsSockets tlsSockets;
  private final X509TrustManager trustManager;
  private final HostnameVerifier hostnameVerifier;
  private final AnswerGate answerGate;
  private final Proxy proxy;
  private final String userAgent;
  private final Duration connectTimeout;
  private final Duration readTimeout;

  PolicyHostClient(
      X509TrustManager trustManager,
      int port,
      Proxy proxy,
      String userAgent,
      Duration deadline,
      InstantSource clock) {
    this.plainSockets = new PlainSockets(port);
    this.tlsSockets = new TlsSockets(trustManager, plainSockets);
    this.trustManager = trustManager;
    this.hostnameVerifier = new OkHttpClient().hostnameVerifier();
    this.answerGate = new AnswerGate(clock);
    this.proxy = proxy;
    this.userAgent = userAgent;
    // Of two addresses a silent one must leave time for the other. The deadline itself is not
    // enforced here.
    this.connectTimeout = atLeastOneMilli(deadline.dividedBy(4));
    this.readTimeout = atLeastOneMilli(deadline.dividedBy(2));
  }

  private static Duration atLeastOneMilli(Duration duration) {
    return duration.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : duration;
  }

  /**
   * Fetches the octets of a policy; blocks.
   *
   * @param vetted the addresses that may be connected to, and no others are
   * @param onStart is given the way to cancel, from any thread
   * @throws UnusableAnswer if the answer cannot be a policy
   * @throws IOException if there was none
   */
  byte[] get(
      PolicyLocation location,
      List<InetAddress> vetted,
      Evidence evidence,
      Consumer<Runnable> onStart)
      throws IOException {
    Call call = client(location, vetted, evidence).newCall(request(location));
    onStart.accept(call::cancel);
    try (Response response = call.execute()) {
      return body(call, response);
    }
  }

  private static byte[] body(Call call, Response response) throws IOException {
    try {
      return AnswerGate.body(response);
    } catch (UnusableAnswer e) {
      call.cancel(); // first, for closing alone would read on in hope of reuse
      throw e;
    }
  }

  private Request request(PolicyLocation location) {
    return new Request.Builder()
        .url(url(location))
        .header("User-Agent", userAgent)
        .header("Accept", "text/plain")
        // A compressed body could be a bomb, and saves nothing on a few hundred octets.
        .header("Accept-Encoding", "identity")
        // A policy host is met once a day: a kept connection would only cost it a socket.
        .header("Connection", "close")
        .build();
  }

  /**
   * The URL of a location.
   *
   * @throws IllegalArgumentException if the policy host's name cannot stand in a URL, such as one
   *     with a broken A-label, or stands for another there
   */
  static HttpUrl url(PolicyLocation location) {
    HttpUrl url = HttpUrl.get(location.url());
    if (!url.host().equals(location.host().value())) {
      throw new IllegalArgumentException("a URL reads it as " + url.host());
    }
    return url;
  }

  private OkHttpClient client(
      PolicyLocation location, List<InetAddress> vetted, Evidence evidence) {
    return new OkHttpClient.Builder()
        .dns(dns(location, vetted))
        .proxy(proxy)
        .socketFactory(plainSockets)
        .sslSocketFactory(tlsSockets, trustManager)
        .hostnameVerifier(new NameCheck(hostnameVerifier, evidence))
        .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS)) // RFC 8461 §7.2, and never plain text
        .protocols(List.of(Protocol.HTTP_1_1)) // HTTP/2 costs more and brings nothing for one GET
        .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
        .followRedirects(false) // RFC 8461 §3.3
        .followSslRedirects(false)
        // The next address, if one takes the connection and then hangs up; it repeats nothing else
        // once AnswerGate has seen an answer.
        .retryOnConnectionFailure(true)
        .fastFallback(vetted.size() > 1)
        .addNetworkInterceptor(answerGate)
        .eventListener(new Progress(evidence))
        .callTimeout(Duration.ZERO)
        .connectTimeout(connectTimeout)
        .readTimeout(readTimeout)
        .writeTimeout(readTimeout)
        .build();
  }

  /** What was vetted for the policy host; a proxy given by name is the operator's own affair. */
  private static Dns dns(PolicyLocation location, List<InetAddress> vetted) {
    return name -> name.equals(location.host().value()) ? vetted : proxyAddresses(name);
  }

  private static List<InetAddress> proxyAddresses(String name) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(name));
  }
}
