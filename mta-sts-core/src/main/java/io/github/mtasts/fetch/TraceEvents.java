// SPDX-License-Identifier: Apache-2.0
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

/** Writes the HTTP client's events into a {@link FetchTrace}. Thread-safe. */
final class TraceEvents extends EventListener {
  private final FetchTrace trace;

  TraceEvents(FetchTrace trace) {
    this.trace = trace;
  }

  @Override
  public void connectStart(Call call, InetSocketAddress peer, Proxy proxy) {
    trace.step("connecting");
  }

  @Override
  public void secureConnectStart(Call call) {
    trace.step("in the TLS handshake");
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    trace.step("sending the request");
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
    if (address != null) { // with a SOCKS proxy there is only a name
      trace.failed(address, failure);
    }
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    InetAddress address = connection.route().socketAddress().getAddress();
    if (address != null) {
      trace.peers(List.of(address));
    }
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    trace.step("waiting for the response");
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    trace.step("reading the body");
  }
}
