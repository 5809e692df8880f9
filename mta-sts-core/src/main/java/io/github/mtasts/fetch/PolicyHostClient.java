// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.x509.PlatformAnchors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.SocketFactory;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSocketFactory;
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
 * Sends the GET request with OkHttp; redirects, caches and other browser features are off.
 *
 * <p>Each fetch has its own client. Policy hosts therefore share no connection, session or cookie,
 * and OkHttp's list of failed routes, which is never cleared, does not grow with every dead host.
 * Immutable, hence thread-safe.
 */
final class PolicyHostClient {
  private final FetchSettings settings;
  private final SocketFactory tcpSockets;
  private final SSLSocketFactory tlsSockets;
  private final X509TrustManager trustManager;
  private final HostnameVerifier hostnameVerifier;
  private final ResponseValidator validator;
  private final Proxy proxy;
  private final Duration connectTimeout;
  private final Duration readTimeout;

  PolicyHostClient(FetchSettings settings) {
    this(
        settings,
        settings
            .trustManager()
            .map(TrustManagerFailure::marking)
            .orElseGet(PlatformAnchors::trustManager),
        new TcpSocketFactory(settings.port()));
  }

  private PolicyHostClient(
      FetchSettings settings, X509TrustManager trustManager, TcpSocketFactory tcpSockets) {
    this(
        settings,
        trustManager,
        tcpSockets,
        new TlsSocketFactory(trustManager, tcpSockets),
        new OkHttpClient().hostnameVerifier(),
        settings.proxy());
  }

  private PolicyHostClient(
      FetchSettings settings,
      X509TrustManager trustManager,
      SocketFactory tcpSockets,
      SSLSocketFactory tlsSockets,
      HostnameVerifier hostnameVerifier,
      Proxy proxy) {
    this.settings = settings;
    this.trustManager = trustManager;
    this.tcpSockets = tcpSockets;
    this.tlsSockets = tlsSockets;
    this.hostnameVerifier = hostnameVerifier;
    this.proxy = proxy;
    this.validator = new ResponseValidator(settings.clock());
    // If one address does not respond, there must be time left for the next. The deadline itself
    // is enforced elsewhere.
    this.connectTimeout = atLeastOneMilli(settings.deadline().dividedBy(4));
    this.readTimeout = atLeastOneMilli(settings.deadline().dividedBy(2));
  }

  /** The same client over other sockets, without proxy; see {@link HttpLinkage}. */
  PolicyHostClient over(SocketFactory tcp, SSLSocketFactory tls) {
    return new PolicyHostClient(settings, trustManager, tcp, tls, hostnameVerifier, Proxy.NO_PROXY);
  }

  private static Duration atLeastOneMilli(Duration duration) {
    return duration.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : duration;
  }

  /**
   * Fetches the octets of a policy; blocks.
   *
   * @param vetted the only addresses that may be connected to
   * @param onStart receives an action that cancels the call, from any thread
   * @throws UnusableResponseException if the response cannot be a policy
   * @throws IOException if there is no response
   */
  byte[] get(
      PolicyLocation location,
      List<InetAddress> vetted,
      FetchTrace trace,
      Consumer<Runnable> onStart)
      throws IOException {
    Call call = client(location, vetted, trace).newCall(request(location));
    onStart.accept(call::cancel);
    try (Response response = call.execute()) {
      return body(call, response);
    }
  }

  private static byte[] body(Call call, Response response) throws IOException {
    try {
      return ResponseValidator.body(response);
    } catch (UnusableResponseException e) {
      call.cancel(); // first: closing alone would read on, to reuse the connection
      throw e;
    }
  }

  private Request request(PolicyLocation location) {
    return new Request.Builder()
        .url(url(location))
        .header("User-Agent", settings.userAgent())
        .header("Accept", "text/plain")
        // A compressed body could expand without limit, and saves nothing on a few hundred octets.
        .header("Accept-Encoding", "identity")
        // One request a day needs no open connection.
        .header("Connection", "close")
        .build();
  }

  /**
   * The URL of a location.
   *
   * @throws IllegalArgumentException if the policy host's name is not valid in a URL, for example
   *     with an invalid A-label, or if a URL changes it
   */
  static HttpUrl url(PolicyLocation location) {
    HttpUrl url = HttpUrl.get(location.url());
    if (!url.host().equals(location.host().value())) {
      throw new IllegalArgumentException("in a URL it becomes " + url.host());
    }
    return url;
  }

  private OkHttpClient client(PolicyLocation location, List<InetAddress> vetted, FetchTrace trace) {
    return new OkHttpClient.Builder()
        .dns(dns(location, vetted))
        .proxy(proxy)
        .socketFactory(tcpSockets)
        .sslSocketFactory(tlsSockets, trustManager)
        .hostnameVerifier(new RecordingHostnameVerifier(hostnameVerifier, trace))
        .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS)) // RFC 8461 §7.2; never plain text
        .protocols(List.of(Protocol.HTTP_1_1)) // HTTP/2 has no advantage for one GET
        .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
        .followRedirects(false) // RFC 8461 §3.3
        .followSslRedirects(false)
        // Tries the next address if a host closes the connection without a response. After a
        // response, ResponseValidator prevents every retry.
        .retryOnConnectionFailure(true)
        .fastFallback(vetted.size() > 1)
        .addNetworkInterceptor(validator)
        .eventListener(new TraceEvents(trace))
        .callTimeout(Duration.ZERO)
        .connectTimeout(connectTimeout)
        .readTimeout(readTimeout)
        .writeTimeout(readTimeout)
        .build();
  }

  /** The vetted addresses of the policy host; a proxy given by name is looked up as usual. */
  private static Dns dns(PolicyLocation location, List<InetAddress> vetted) {
    return name -> name.equals(location.host().value()) ? vetted : proxyAddresses(name);
  }

  private static List<InetAddress> proxyAddresses(String name) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(name));
  }
}
