// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static io.github.mtasts.fetch.FetchFixture.POLICY;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The socket factories: what they connect to, and that they use no proxy of the JVM. */
class SocketFactoriesTest {
  /** Every method of a factory that returns a connected socket. */
  private interface Overload {
    Socket connect(SocketFactory factory, InetAddress address, int port) throws IOException;
  }

  private final List<URI> proxyQueries = Collections.synchronizedList(new ArrayList<>());
  private FetchFixture fixture;
  private ProxySelector before;

  @BeforeEach
  void start() throws IOException {
    fixture = new FetchFixture();
    fixture.hosts.publish("example.com", POLICY);
    before = ProxySelector.getDefault();
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            proxyQueries.add(uri);
            return List.of(Proxy.NO_PROXY);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        });
  }

  @AfterEach
  void stop() {
    ProxySelector.setDefault(before);
    fixture.close();
  }

  private TcpSocketFactory toTestPort() {
    return new TcpSocketFactory(fixture.hosts.port());
  }

  private static TcpSocketFactory toGivenPort() {
    return new TcpSocketFactory(OkHttpPolicyFetcher.HTTPS_PORT);
  }

  static Stream<Overload> overloads() {
    return Stream.of(
        (factory, address, port) -> factory.createSocket(address.getHostAddress(), port),
        (factory, address, port) ->
            factory.createSocket(address.getHostAddress(), port, address, 0),
        (factory, address, port) -> factory.createSocket(address, port),
        (factory, address, port) -> factory.createSocket(address, port, address, 0));
  }

  @Test
  void aFetchUsesNoProxyOfTheJvm() {
    fixture.policy("example.com");

    assertThat(proxyQueries).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void tcpSocketsUseNoNagleAndNoProxyOfTheJvm(Overload overload) throws IOException {
    InetAddress address = fixture.hosts.address();
    try (Socket socket = overload.connect(toGivenPort(), address, fixture.hosts.port())) {
      assertThat(socket.isConnected()).isTrue();
      assertThat(socket.getPort()).isEqualTo(fixture.hosts.port());
      assertThat(socket.getTcpNoDelay()).isTrue();
    }
    assertThat(proxyQueries).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void tcpSocketsForATestPortUseNoProxyOfTheJvm(Overload overload) throws IOException {
    try (Socket socket = overload.connect(toTestPort(), fixture.hosts.address(), 443)) {
      assertThat(socket.getPort()).isEqualTo(fixture.hosts.port());
    }
    assertThat(proxyQueries).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void tlsSocketsSendNoAddressAsServerName(Overload overload) throws IOException {
    fixture.hosts.publish("example.com", POLICY);
    TlsSocketFactory factory = new TlsSocketFactory(fixture.ca.trustManager(), toTestPort());
    try (SSLSocket socket = (SSLSocket) overload.connect(factory, fixture.hosts.address(), 443)) {
      assertThat(socket.getPort()).isEqualTo(fixture.hosts.port());
      assertThat(socket.getSSLParameters().getServerNames()).isNullOrEmpty();
    }
  }

  @Test
  void tlsSocketsSendTheNameOfANamedAddress() throws IOException {
    TlsSocketFactory factory = new TlsSocketFactory(fixture.ca.trustManager(), toTestPort());
    InetAddress named =
        InetAddress.getByAddress("mta-sts.example.com", fixture.hosts.address().getAddress());
    try (SSLSocket socket = (SSLSocket) factory.createSocket(named, 443)) {
      socket.startHandshake();

      assertThat(
              new String(socket.getSSLParameters().getServerNames().get(0).getEncoded(), US_ASCII))
          .isEqualTo("mta-sts.example.com");
    }
    assertThat(fixture.hosts.serverNames()).containsExactly("mta-sts.example.com");
  }

  @Test
  void reportsAnUnknownHostInsteadOfConnectingToThisMachine() throws IOException {
    try (Socket socket = toTestPort().createSocket()) {
      assertThatThrownBy(
              () -> socket.connect(InetSocketAddress.createUnresolved("unknown.invalid", 443)))
          .isInstanceOf(UnknownHostException.class)
          .hasMessageContaining("unknown.invalid");
    }
    assertThat(fixture.hosts.connections()).isZero();
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void reportsARefusedConnection(Overload overload) throws IOException {
    InetAddress address = fixture.hosts.address();
    try (Socket taken = new Socket()) {
      taken.bind(
          new InetSocketAddress(address, 0)); // so that no other process can listen on this port

      assertThatThrownBy(() -> overload.connect(toGivenPort(), address, taken.getLocalPort()))
          .isInstanceOf(ConnectException.class);
    }
  }
}
