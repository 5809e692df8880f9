// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import io.github.mtasts.examples.lab.ScenarioResult.Reader;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.TestCertificate;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The MX servers by host name; a later server replaces an earlier one of the same name. */
final class LabMxServers implements AutoCloseable {
  private final Map<String, Server> byHost = new HashMap<>();
  private final List<Server> all = new ArrayList<>();

  /** One server, and how many of its messages are from before the tested message. */
  private static final class Server {
    private final Reader owner;
    private final MxServer mx;
    private int oldMessages;

    private Server(Reader owner, MxServer mx) {
      this.owner = owner;
      this.mx = mx;
    }

    private boolean hasNewMail() {
      return mx.messages().size() > oldMessages;
    }
  }

  void put(Reader owner, String host, Optional<TestCertificate> certificate) {
    MxServer mx = certificate.map(MxServer::start).orElseGet(MxServer::startWithoutTls);
    Server server = new Server(owner, mx);
    all.add(server);
    byHost.put(host, server);
  }

  Socket connect(String host) throws IOException {
    Server server = byHost.get(host);
    if (server == null) {
      throw new ConnectException(host + ": no server");
    }
    return new Socket(server.mx.address().getAddress(), server.mx.address().getPort());
  }

  /** Returns who has got a message since {@link #ignoreOldMail}. */
  Reader whoHasMail() {
    List<Reader> readers =
        all.stream().filter(Server::hasNewMail).map(server -> server.owner).distinct().toList();
    if (readers.size() > 1) {
      throw new IllegalStateException("one message: expected one reader, found " + readers);
    }
    return readers.isEmpty() ? Reader.NOBODY : readers.get(0);
  }

  void ignoreOldMail() {
    all.forEach(server -> server.oldMessages = server.mx.messages().size());
  }

  @Override
  public void close() {
    all.forEach(server -> server.mx.close());
  }
}
