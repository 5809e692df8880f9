package io.github.mtasts.examples.lab;

import io.github.mtasts.examples.lab.Outcome.Reader;
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

/** The MX hosts, and the way there: whoever was put in a host's place last, answers for it. */
final class MailServers implements AutoCloseable {
  private final Map<String, Server> byHost = new HashMap<>();
  private final List<Server> all = new ArrayList<>();

  /** One server, and how many of its messages have been seen before. */
  private static final class Server {
    private final Reader owner;
    private final MxServer mx;
    private int seenBefore;

    private Server(Reader owner, MxServer mx) {
      this.owner = owner;
      this.mx = mx;
    }

    private boolean hasNewMail() {
      return mx.messages().size() > seenBefore;
    }
  }

  void put(Reader owner, String host, Optional<TestCertificate> certificate) {
    MxServer mx = certificate.map(MxServer::start).orElseGet(MxServer::startWithoutTls);
    Server server = new Server(owner, mx);
    all.add(server);
    byHost.put(host, server);
  }

  Socket dial(String host) throws IOException {
    Server server = byHost.get(host);
    if (server == null) {
      throw new ConnectException(host + ": nobody is there");
    }
    return new Socket(server.mx.address().getAddress(), server.mx.address().getPort());
  }

  /** Who has got a message since the mailboxes were last emptied. */
  Reader whoHasMail() {
    List<Reader> readers =
        all.stream().filter(Server::hasNewMail).map(server -> server.owner).distinct().toList();
    if (readers.size() > 1) {
      throw new IllegalStateException("one message: expected one reader, found " + readers);
    }
    return readers.isEmpty() ? Reader.NOBODY : readers.get(0);
  }

  void emptyMailboxes() {
    all.forEach(server -> server.seenBefore = server.mx.messages().size());
  }

  @Override
  public void close() {
    all.forEach(server -> server.mx.close());
  }
}
