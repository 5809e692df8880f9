package io.github.mtasts.fetch;

import static io.github.mtasts.fetch.FetchWorld.POLICY;
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

/** The factories of sockets: what they connect to, and whom they do not ask. */
class SocketsTest {
  /** Every way in which a factory makes a socket that is connected. */
  private interface Overload {
    Socket connect(SocketFactory factory, InetAddress address, int port) throws IOException;
  }

  private final List<URI> askedProxiesFor = Collections.synchronizedList(new ArrayList<>());
  private FetchWorld world;
  private ProxySelector before;

  @BeforeEach
  void start() throws IOException {
    world = new FetchWorld();
    world.hosts.publish("example.com", POLICY);
    before = ProxySelector.getDefault();
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            askedProxiesFor.add(uri);
            return List.of(Proxy.NO_PROXY);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        });
  }

  @AfterEach
  void stop() {
    ProxySelector.setDefault(before);
    world.close();
  }

  private PlainSockets redirected() {
    return new PlainSockets(world.hosts.port());
  }

  private static PlainSockets straight() {
    return new PlainSockets(OkHttpPolicyFetcher.HTTPS_PORT);
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
  void aFetchAsksNoProxyOfTheJvms() {
    world.policy("example.com");

    assertThat(askedProxiesFor).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void plainOnesAreConnectedWithoutNagleAndWithoutAProxyOfTheJvms(Overload overload)
      throws IOException {
    InetAddress address = world.hosts.address();
    try (Socket socket = overload.connect(straight(), address, world.hosts.port())) {
      assertThat(socket.isConnected()).isTrue();
      assertThat(socket.getPort()).isEqualTo(world.hosts.port());
      assertThat(socket.getTcpNoDelay()).isTrue();
    }
    assertThat(askedProxiesFor).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void plainOnesOfALaboratoryGoToItsPortWithoutAProxyOfTheJvms(Overload overload)
      throws IOException {
    try (Socket socket = overload.connect(redirected(), world.hosts.address(), 443)) {
      assertThat(socket.getPort()).isEqualTo(world.hosts.port());
    }
    assertThat(askedProxiesFor).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void securedOnesSendNoAddressAsServerName(Overload overload) throws IOException {
    world.hosts.publish("example.com", POLICY);
    TlsSockets factory = new TlsSockets(world.ca.trustManager(), redirected());
    try (SSLSocket socket = (SSLSocket) overload.connect(factory, world.hosts.address(), 443)) {
      assertThat(socket.getPort()).isEqualTo(world.hosts.port());
      assertThat(socket.getSSLParameters().getServerNames()).isNullOrEmpty();
    }
  }

  @Test
  void securedOnesSendTheNameOfAnAddressThatHasOne() throws IOException {
    TlsSockets factory = new TlsSockets(world.ca.trustManager(), redirected());
    InetAddress named =
        InetAddress.getByAddress("mta-sts.example.com", world.hosts.address().getAddress());
    try (SSLSocket socket = (SSLSocket) factory.createSocket(named, 443)) {
      socket.startHandshake();

      assertThat(
              new String(socket.getSSLParameters().getServerNames().get(0).getEncoded(), US_ASCII))
          .isEqualTo("mta-sts.example.com");
    }
    assertThat(world.hosts.serverNames()).containsExactly("mta-sts.example.com");
  }

  @Test
  void saysThatAHostIsUnknownRatherThanConnectToThisMachine() throws IOException {
    try (Socket socket = redirected().createSocket()) {
      assertThatThrownBy(
              () -> socket.connect(InetSocketAddress.createUnresolved("unknown.invalid", 443)))
          .isInstanceOf(UnknownHostException.class)
          .hasMessageContaining("unknown.invalid");
    }
    assertThat(world.hosts.connections()).isZero();
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void saysThatNobodyListens(Overload overload) throws IOException {
    InetAddress address = world.hosts.address();
    try (Socket taken = new Socket()) {
      taken.bind(new InetSocketAddress(address, 0)); // so that nobody else can listen there

      assertThatThrownBy(() -> overload.connect(straight(), address, taken.getLocalPort()))
          .isInstanceOf(ConnectException.class);
    }
  }
}
