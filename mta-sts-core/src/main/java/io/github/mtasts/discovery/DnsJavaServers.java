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
 * Several DNS servers, tried one after the other within the time of one question.
 *
 * <p>A server that says something useless, SERVFAIL for example, hands over to the next at once and
 * is not asked again. A silent one hands over when its share of the time is used up, and may still
 * answer later: the first useful answer wins, whoever gives it. In the second round the silent
 * servers are asked once more, because UDP loses datagrams.
 *
 * <p>Safe for use by several threads.
 */
final class DnsJavaServers {
  /**
   * One server.
   *
   * @param resolver how to ask it
   * @param label what people call it
   */
  record Server(Resolver resolver, String label) {}

  private static final int SHOWN = 120;

  private final List<Server> servers;
  private final int tries;
  private final QuestionQueue queue;

  /**
   * Sets up the servers.
   *
   * @param servers in order of preference, at least one
   * @param rounds how often a silent server is asked
   * @param queue lends threads
   */
  DnsJavaServers(List<Server> servers, int rounds, QuestionQueue queue) {
    this.servers = servers;
    this.tries = servers.size() * rounds;
    this.queue = queue;
  }

  /** Asks until a server says something useful; never completes exceptionally. */
  CompletableFuture<DnsJavaReply> ask(DnsJavaQuestion question, Duration left) {
    Exchange exchange = new Exchange(question, left.dividedBy(tries));
    exchange.tryNext();
    return exchange.reply;
  }

  /** One question to the servers; guarded by its own lock. */
  private final class Exchange {
    private final DnsJavaQuestion question;
    private final Duration share;
    private final CompletableFuture<DnsJavaReply> reply = new CompletableFuture<>();
    private final Set<Server> useless = new HashSet<>();
    private int tried;
    private int unanswered;
    private String trouble = "no server to ask";

    Exchange(DnsJavaQuestion question, Duration share) {
      this.question = question;
      this.share = share;
    }

    void tryNext() {
      Server server = next();
      if (server == null) {
        return;
      }
      try {
        onSilence();
        var unused =
            server
                .resolver()
                .sendAsync(question.toMessage(), queue.workers())
                .whenComplete((message, failure) -> take(server, message, failure));
      } catch (RuntimeException | Error e) {
        fail(server, "could not be asked, " + reason(e));
      }
    }

    /** Chooses the next server; ends the exchange if none is left and none can still answer. */
    private @Nullable Server next() {
      String hopeless;
      synchronized (this) {
        while (tried < tries && !reply.isDone()) {
          Server server = servers.get(tried++ % servers.size());
          if (!useless.contains(server)) {
            unanswered++;
            return server;
          }
        }
        if (unanswered > 0) {
          return null;
        }
        hopeless = trouble;
      }
      reply.complete(new DnsJavaReply.Useless(hopeless));
      return null;
    }

    private void onSilence() {
      try {
        Future<?> turn = queue.later(share, () -> queue.workers().execute(this::tryNext));
        var unused = reply.whenComplete((read, failure) -> turn.cancel(false));
      } catch (RejectedExecutionException closed) {
        // The queue has answered the question by now.
      }
    }

    private void take(Server server, @Nullable Message message, @Nullable Throwable failure) {
      if (message == null) {
        fail(server, "expected an answer, found " + reason(failure));
        return;
      }
      DnsJavaReply read = read(message);
      if (read instanceof DnsJavaReply.Useless flaw) {
        fail(server, flaw.why());
      } else {
        reply.complete(read);
      }
    }

    /** dnsjava makes records of odd messages that are not of the class that their type suggests. */
    private DnsJavaReply read(Message message) {
      try {
        return DnsJavaReply.read(message, question);
      } catch (RuntimeException | Error e) {
        return new DnsJavaReply.Useless("expected a readable answer, found " + reason(e));
      }
    }

    private void fail(Server server, String why) {
      synchronized (this) {
        useless.add(server);
        unanswered--;
        trouble = why + " from " + server.label() + "; check that DNS server";
      }
      tryNext();
    }

    private String reason(@Nullable Throwable failure) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      if (cause == null) {
        return "nothing";
      }
      String message = cause.getMessage();
      String kind = cause.getClass().getSimpleName();
      return message == null ? kind : kind + " (" + Excerpt.of(message, SHOWN) + ")";
    }
  }
}
