// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mtasts.store.PolicyStoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** A server that stops answering, as in a failover, while its connections stay open. */
@ExtendWith(PostgresServer.class)
final class SilentServerTest {
  private final PGSimpleDataSource server;
  private final ServerSocket proxy;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean silent;

  SilentServerTest(DataSource dataSource) throws IOException {
    server = (PGSimpleDataSource) dataSource;
    proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = proxy.accept();
        Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server.getPortNumbers()[0]);
        sockets.addAll(List.of(client, upstream));
        threads.execute(() -> forward(client, upstream));
        threads.execute(() -> forward(upstream, client));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void forward(Socket from, Socket to) {
    byte[] octets = new byte[8_192];
    try {
      for (int read = from.getInputStream().read(octets);
          read >= 0;
          read = from.getInputStream().read(octets)) {
        if (!silent) {
          to.getOutputStream().write(octets, 0, read);
        }
      }
    } catch (IOException e) {
      // The connection is over.
    }
  }

  /** Like a pool: always returns the same connection, which stays open. */
  private static DataSource pool(Connection connection) {
    Connection pooled =
        RecordingDataSource.proxy(
            Connection.class,
            (method, arguments) ->
                method.getName().equals("close")
                    ? null
                    : RecordingDataSource.invoke(connection, method, arguments));
    return RecordingDataSource.proxy(DataSource.class, (method, arguments) -> pooled);
  }

  @Test
  void aCallEndsWhenTheServerStopsAnswering() throws SQLException {
    PGSimpleDataSource throughProxy = new PGSimpleDataSource();
    throughProxy.setServerNames(new String[] {"127.0.0.1"});
    throughProxy.setPortNumbers(new int[] {proxy.getLocalPort()});
    throughProxy.setUser(server.getUser());
    throughProxy.setPassword(server.getPassword());
    throughProxy.setDatabaseName(server.getDatabaseName());
    try (Connection connection = throughProxy.getConnection()) {
      JdbcPolicyStore store =
          JdbcPolicyStore.builder(pool(connection)).queryTimeout(Duration.ofSeconds(1)).build();
      assertThat(store.find("example.com")).isEmpty();
      assertThat(connection.getNetworkTimeout()).as("restored network timeout").isZero();

      silent = true;
      CompletableFuture<Throwable> call =
          CompletableFuture.supplyAsync(
              () -> catchThrowable(() -> store.find("example.com")), threads);

      assertThat(call.orTimeout(30, TimeUnit.SECONDS).join())
          .isInstanceOf(PolicyStoreException.class);
    }
  }
}
