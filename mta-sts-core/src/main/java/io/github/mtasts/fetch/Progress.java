package io.github.mtasts.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Turns the HTTP client's events into {@link Evidence}. Thread-safe. */
final class Progress extends EventListener {
  private final Evidence evidence;

  Progress(Evidence evidence) {
    this.evidence = evidence;
  }

  @Override
  public void connectStart(Call call, InetSocketAddress peer, Proxy proxy) {
    evidence.doing("connecting");
  }

  @Override
  public void secureConnectStart(Call call) {
    evidence.doing("in the TLS handshake");
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    evidence.doing("sending the request");
  }

  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress peer,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException failure) {
    address(peer, failure);
  }

  private void address(InetSocketAddress peer, IOException failure) {
    InetAddress address = peer.getAddress();
    if (address != null) { // behind a SOCKS proxy there is only a name
      evidence.failed(address, failure);
    }
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    InetAddress address = connection.route().socketAddress().getAddress();
    if (address != null) {
      evidence.peers(List.of(address));
    }
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    evidence.doing("waiting for the answer");
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    evidence.doing("reading the body");
  }
}
