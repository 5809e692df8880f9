// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * An MX host with faults that a test scripts.
 *
 * <p>Set the reactions to a command, for example {@code ScriptedMx.script().on("STARTTLS", say("454
 * later"))}. It answers all other commands like a correct server that offers STARTTLS; without a
 * script for STARTTLS it answers 454. Every connection runs the same script. Listens on loopback
 * and an ephemeral port by default. {@link #close()} ends its threads and connections. Thread-safe.
 */
public final class ScriptedMx implements AutoCloseable {
  private final Map<String, List<MxReaction>> script;
  private final ServerSocket listener;
  private final ExecutorService threads;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final List<String> dialogue = new CopyOnWriteArrayList<>();
  private final List<ReceivedMail> messages = new CopyOnWriteArrayList<>();
  private final List<String> serverNames = new CopyOnWriteArrayList<>();

  private ScriptedMx(Script script, ServerSocket listener) {
    this.script = Map.copyOf(script.reactions);
    this.listener = listener;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "mta-sts-scripted-mx-" + listener.getLocalPort());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Creates a script.
   *
   * @return an empty one
   */
  public static Script script() {
    return new Script();
  }

  /**
   * Returns the address and port.
   *
   * @return an address of loopback by default
   */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /**
   * Returns all lines that clients sent outside of messages, over all connections.
   *
   * @return commands with their arguments, in order
   */
  public List<String> dialogue() {
    return List.copyOf(dialogue);
  }

  /**
   * Returns the messages received up to the final dot, accepted or not.
   *
   * @return messages in order
   */
  public List<ReceivedMail> messages() {
    return List.copyOf(messages);
  }

  /**
   * Returns the names that clients sent by SNI.
   *
   * @return as sent, in order
   */
  public List<String> sniSeen() {
    return List.copyOf(serverNames);
  }

  /**
   * Waits until all connections are closed.
   *
   * @param patience the longest wait
   * @return whether no connection is open
   * @throws InterruptedException if the wait is interrupted
   */
  public boolean isDeserted(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (connections) {
      long left = end - System.nanoTime();
      while (!connections.isEmpty() && left > 0) {
        TimeUnit.NANOSECONDS.timedWait(connections, left);
        left = end - System.nanoTime();
      }
      return connections.isEmpty();
    }
  }

  private ScriptedMx start() {
    threads.execute(this::accept);
    return this;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connections.add(connection);
        if (listener.isClosed()) {
          connection.close(); // close() may have read the set before
        }
        threads.execute(() -> converse(connection));
      } catch (IOException | RejectedExecutionException closed) {
        // The loop's condition decides.
      }
    }
  }

  private void converse(Socket connection) {
    try (connection) {
      MxConversation conversation = new MxConversation(connection, closed, serverNames);
      play(conversation, "", MxReaction.say("220 mx.example ESMTP"));
      Envelope envelope = new Envelope();
      while (conversation.isOpen()) {
        Optional<String> line = conversation.readLine();
        if (line.isEmpty()) {
          return;
        }
        dialogue.add(line.get());
        answer(conversation, line.get(), envelope);
      }
    } catch (IOException e) {
      // Either side has closed the connection, as scripts intend.
    } finally {
      synchronized (connections) {
        connections.remove(connection);
        connections.notifyAll();
      }
    }
  }

  private void answer(MxConversation conversation, String line, Envelope envelope)
      throws IOException {
    String verb = verb(line);
    switch (verb) {
      case "EHLO", "HELO" -> play(conversation, verb, greeting(conversation.isTls()));
      case "STARTTLS" -> play(conversation, verb, MxReaction.say("454 4.7.0 TLS not available"));
      case "MAIL" -> {
        envelope.begin(address(line));
        play(conversation, verb, MxReaction.say("250 2.1.0 ok"));
      }
      case "RCPT" -> {
        envelope.recipients.add(address(line));
        play(conversation, verb, MxReaction.say("250 2.1.5 ok"));
      }
      case "DATA" -> data(conversation, envelope);
      case "QUIT" -> play(conversation, verb, MxReaction.say("221 2.0.0 bye"), MxReaction.hangUp());
      default -> play(conversation, verb, MxReaction.say("250 2.0.0 ok"));
    }
  }

  /** Offers STARTTLS in clear only. RFC 3207 §4.2 */
  private static MxReaction greeting(boolean tls) {
    return tls
        ? MxReaction.say("250-mx.example", "250 8BITMIME")
        : MxReaction.say("250-mx.example", "250-8BITMIME", "250 STARTTLS");
  }

  private void data(MxConversation conversation, Envelope envelope) throws IOException {
    if (script.containsKey("DATA")) {
      play(conversation, "DATA");
      return;
    }
    MxReaction.say("354 go ahead").play(conversation);
    byte[] content = conversation.readMessage();
    messages.add(
        new ReceivedMail(envelope.from, envelope.recipients, content, conversation.isTls()));
    play(conversation, ".", MxReaction.say("250 2.0.0 received"));
  }

  private void play(MxConversation conversation, String verb, MxReaction... otherwise)
      throws IOException {
    for (MxReaction reaction : script.getOrDefault(verb, List.of(otherwise))) {
      reaction.play(conversation);
    }
  }

  private static String verb(String line) {
    int blank = line.indexOf(' ');
    return (blank < 0 ? line : line.substring(0, blank)).toUpperCase(Locale.ROOT);
  }

  private static String address(String line) {
    int from = line.indexOf('<');
    int to = line.indexOf('>', Math.max(from, 0));
    return from < 0 || to < 0 ? "" : line.substring(from + 1, to);
  }

  /** Stops listening and closes every connection. */
  @Override
  public void close() {
    closed.countDown();
    try {
      listener.close();
      for (Socket connection : connections) {
        connection.close();
      }
      threads.shutdown();
      threads.awaitTermination(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Envelope {
    private String from = "";
    private final List<String> recipients = new ArrayList<>();

    private void begin(String sender) {
      from = sender;
      recipients.clear();
    }
  }

  /** The reactions of a {@link ScriptedMx} by command; not thread-safe. */
  public static final class Script {
    private final Map<String, List<MxReaction>> reactions = new HashMap<>();
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Script() {}

    /**
     * Sets the reactions to a new connection, instead of the 220 greeting.
     *
     * @param then the reactions, in order
     * @return this
     */
    public Script onConnect(MxReaction... then) {
      return on("", then);
    }

    /**
     * Sets the reactions to a command, instead of the correct reply.
     *
     * @param verb such as {@code STARTTLS} or {@code EHLO}; {@code .} for the end of a message
     * @param then the reactions, in order
     * @return this
     */
    public Script on(String verb, MxReaction... then) {
      reactions.put(verb.toUpperCase(Locale.ROOT), List.of(then));
      return this;
    }

    /**
     * Sets the address to listen on.
     *
     * @param where an address of this machine
     * @return this
     */
    public Script address(InetSocketAddress where) {
      address = where;
      return this;
    }

    /**
     * Starts the server.
     *
     * @return it, listening
     */
    public ScriptedMx start() {
      try {
        ServerSocket listener = new ServerSocket(address.getPort(), 50, address.getAddress());
        return new ScriptedMx(this, listener).start();
      } catch (IOException e) {
        throw new UncheckedIOException("scripted MX: expected to listen on " + address, e);
      }
    }
  }
}
