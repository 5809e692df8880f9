// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import io.github.mtasts.policy.Excerpt;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Resolver;

/**
 * Several DNS servers, tried one after the other until the query's deadline.
 *
 * <p>After an unusable reply, for example SERVFAIL, the next server is tried at once and this one
 * is not tried again. After a server's share of the time without a reply, the next one is tried;
 * the first may still reply later, and the first usable reply counts. Servers that did not reply
 * are tried again in the second round, because UDP loses datagrams.
 *
 * <p>A runtime exception or error of the DNS library is our own failure, not one of a server; the
 * other servers are tried all the same.
 *
 * <p>Thread-safe.
 */
final class DnsJavaServers {
  /**
   * One server.
   *
   * @param resolver sends queries to it
   * @param label its name in messages
   */
  record Server(Resolver resolver, String label) {}

  private static final int SHOWN = 120;

  private final List<Server> servers;
  private final int tries;
  private final QueryQueue queue;

  /**
   * Creates the list of servers.
   *
   * @param servers in order of preference, at least one
   * @param rounds how often to try a server that does not reply
   * @param queue provides the threads
   */
  DnsJavaServers(List<Server> servers, int rounds, QueryQueue queue) {
    this.servers = servers;
    this.tries = servers.size() * rounds;
    this.queue = queue;
  }

  /**
   * Sends the query until a server returns a usable reply; completes exceptionally if none does and
   * one of the failures was our own.
   */
  CompletableFuture<DnsJavaReply> query(DnsJavaQuery query, Duration left) {
    Exchange exchange = new Exchange(query, left.dividedBy(tries));
    exchange.tryNext();
    return exchange.reply;
  }

  /** One query to the servers; guarded by its own lock. */
  private final class Exchange {
    private final DnsJavaQuery query;
    private final Duration share;
    private final CompletableFuture<DnsJavaReply> reply = new CompletableFuture<>();
    private final Set<Server> unusable = new HashSet<>();
    private int tried;
    private int pending;
    private String lastFailure = "no server to query";
    private @Nullable Throwable ownFailure;

    Exchange(DnsJavaQuery query, Duration share) {
      this.query = query;
      this.share = share;
    }

    void tryNext() {
      Server server = next();
      if (server == null) {
        return;
      }
      try {
        scheduleNext();
        var unused =
            server
                .resolver()
                .sendAsync(query.toMessage(), queue.workers())
                .whenComplete((message, failure) -> receive(server, message, failure));
      } catch (RuntimeException | Error e) {
        fail(server, "could not be sent, " + reason(e), e);
      }
    }

    /** Returns the next server; completes the exchange if none is left and none can still reply. */
    private @Nullable Server next() {
      String failure;
      Throwable own;
      synchronized (this) {
        while (tried < tries && !reply.isDone()) {
          Server server = servers.get(tried++ % servers.size());
          if (!unusable.contains(server)) {
            pending++;
            return server;
          }
        }
        if (pending > 0) {
          return null;
        }
        failure = lastFailure;
        own = ownFailure;
      }
      if (own == null) {
        reply.complete(new DnsJavaReply.Unusable(failure));
      } else {
        reply.completeExceptionally(own);
      }
      return null;
    }

    private void scheduleNext() {
      try {
        Future<?> next = queue.later(share, () -> queue.workers().execute(this::tryNext));
        var unused = reply.whenComplete((read, failure) -> next.cancel(false));
      } catch (RejectedExecutionException closed) {
        // The queue is closed and has completed the query.
      }
    }

    private void receive(Server server, @Nullable Message message, @Nullable Throwable failure) {
      if (message == null) {
        fail(server, "expected an answer, found " + reason(failure), failure);
        return;
      }
      DnsJavaReply read;
      try {
        read = read(message);
      } catch (Error e) {
        fail(server, "could not be read, " + reason(e), e);
        return;
      }
      if (read instanceof DnsJavaReply.Unusable flaw) {
        fail(server, flaw.why(), null);
      } else {
        reply.complete(read);
      }
    }

    /** For odd messages, dnsjava creates records whose class does not match their type. */
    private DnsJavaReply read(Message message) {
      try {
        return DnsJavaReply.read(message, query);
      } catch (RuntimeException e) {
        return new DnsJavaReply.Unusable("expected a readable answer, found " + reason(e));
      }
    }

    private void fail(Server server, String why, @Nullable Throwable failure) {
      synchronized (this) {
        unusable.add(server);
        pending--;
        lastFailure = why + " from " + server.label() + "; check that DNS server";
        Throwable cause = cause(failure);
        if (cause instanceof RuntimeException || cause instanceof Error) {
          ownFailure = cause;
        }
      }
      tryNext();
    }

    private static @Nullable Throwable cause(@Nullable Throwable failure) {
      return failure instanceof CompletionException && failure.getCause() != null
          ? failure.getCause()
          : failure;
    }

    private static String reason(@Nullable Throwable failure) {
      Throwable cause = cause(failure);
      if (cause == null) {
        return "nothing";
      }
      String message = cause.getMessage();
      String kind = cause.getClass().getSimpleName();
      return message == null ? kind : kind + " (" + Excerpt.of(message, SHOWN) + ")";
    }
  }
}
