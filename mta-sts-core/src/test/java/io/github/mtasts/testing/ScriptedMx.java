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
 * An MX host that misbehaves exactly as a test tells it to, and receives mail where it may.
 *
 * <p>Say what it does on a command, {@code ScriptedMx.script().on("STARTTLS", say("454 later"))},
 * and it answers everything else as a plain, honest server that offers STARTTLS would; without a
 * script for STARTTLS it answers that 454. Every connection plays the same script. Listens on
 * loopback and an ephemeral port unless told otherwise; holds daemon threads only, and {@link
 * #close()} ends them and every connection. Thread-safe.
 */
public final class ScriptedMx implements AutoCloseable {
  private final Map<String, List<MxReaction>> script;
  private final ServerSocket listener;
  private final ExecutorService threads;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final List<String> dialogue = new CopyOnWriteArrayList<>();
  private final List<ReceivedMail> messages = new CopyOnWriteArrayList<>();
  private final SniWitness witness = new SniWitness();

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
   * Begins a script.
   *
   * @return an empty one
   */
  public static Script script() {
    return new Script();
  }

  /**
   * Returns where it listens.
   *
   * @return an address of loopback
   */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /**
   * Returns every line that clients have said outside of messages, over all connections.
   *
   * @return commands with their arguments, in order
   */
  public List<String> dialogue() {
    return List.copyOf(dialogue);
  }

  /**
   * Returns what was received up to its lone dot, whatever the script has answered to that.
   *
   * @return messages in order
   */
  public List<ReceivedMail> messages() {
    return List.copyOf(messages);
  }

  /**
   * Returns the names that clients have asked for by SNI.
   *
   * @return as sent, in order
   */
  public List<String> sniSeen() {
    return witness.seen();
  }

  /**
   * Waits until every client has closed its connection, or was shown the door.
   *
   * @param patience how long to wait at most
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
          connection.close(); // close() may have walked the set before it was added
        }
        threads.execute(() -> converse(connection));
      } catch (IOException | RejectedExecutionException closed) {
        // The loop's condition decides.
      }
    }
  }

  private void converse(Socket connection) {
    try (connection) {
      MxConversation conversation = new MxConversation(connection, closed, witness);
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
      // The client has gone, or was shown the door: both are what scripts are for.
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
      case "EHLO", "HELO" ->
          play(
              conversation, verb, MxReaction.say("250-mx.example", "250-8BITMIME", "250 STARTTLS"));
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

  /** Stops listening and breaks off every connection. */
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

  /** What a {@link ScriptedMx} does on which command; for one thread. */
  public static final class Script {
    private final Map<String, List<MxReaction>> reactions = new HashMap<>();
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Script() {}

    /**
     * Says what happens when somebody connects, instead of the 220 greeting.
     *
     * @param then the reactions, in order
     * @return this
     */
    public Script onConnect(MxReaction... then) {
      return on("", then);
    }

    /**
     * Says what happens on a command, instead of the honest reply.
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
     * Says where to listen, instead of an ephemeral port.
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
