package io.github.mtasts.examples.recipes;

import io.github.mtasts.examples.smtp.Message;
import io.github.mtasts.tls.MxTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;

/** One attempt to deliver to one MX host, on Netty. Lives in one event loop. */
final class NettyAttempt extends SimpleChannelInboundHandler<String> {

  /** What to do next. */
  enum Outcome {
    DELIVERED,
    /** Hang up and go to the next MX host. */
    NEXT_MX_HOST,
    /** Dial the same host again and leave STARTTLS alone. */
    AGAIN_IN_CLEAR
  }

  private enum Step {
    GREETING,
    EHLO,
    STARTTLS,
    HANDSHAKE,
    MAIL
  }

  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final Replies replies = new Replies();
  private final MxTls tls;
  private final Queue<String> mail = new ArrayDeque<>();
  private Step step = Step.GREETING;
  private boolean offersStartTls;

  private NettyAttempt(MxTls tls, Message message) {
    this.tls = tls;
    mail.add("MAIL FROM:<" + message.from() + ">");
    message.to().forEach(recipient -> mail.add("RCPT TO:<" + recipient + ">"));
    mail.add("DATA");
    StringBuilder text = new StringBuilder();
    message
        .lines()
        .forEach(line -> text.append(line.startsWith(".") ? "." : "").append(line + "\r\n"));
    mail.add(text + ".");
  }

  /**
   * Dials, secures and delivers.
   *
   * @param tls the attempt, to be closed when the outcome is there
   */
  static CompletableFuture<Outcome> deliver(
      EventLoopGroup loops, InetSocketAddress mx, MxTls tls, Message message) {
    NettyAttempt attempt = new NettyAttempt(tls, message);
    new Bootstrap()
        .group(loops)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 30_000)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(new ReadTimeoutHandler(300))
                    .addLast(attempt.replies)
                    .addLast(new StringDecoder(StandardCharsets.UTF_8))
                    .addLast(attempt);
              }
            })
        .connect(mx)
        .addListener(
            done -> {
              if (!done.isSuccess()) attempt.outcome.complete(Outcome.NEXT_MX_HOST);
            });
    return attempt.outcome;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, String line) throws SSLException {
    if (line.length() > 3 && line.charAt(3) == '-') {
      offersStartTls |= line.substring(4).equalsIgnoreCase("STARTTLS");
      return;
    }
    offersStartTls |= line.length() > 4 && line.substring(4).equalsIgnoreCase("STARTTLS");
    switch (step) {
      case GREETING -> greet(context, line);
      case EHLO -> chooseTls(context, line);
      case STARTTLS -> secure(context, line);
      case HANDSHAKE -> throw new SSLException("a reply before TLS: " + line);
      case MAIL -> goOn(context, line);
    }
  }

  private void greet(ChannelHandlerContext context, String line) {
    if (line.startsWith("220")) {
      say(context, "EHLO sender.example", Step.EHLO);
    } else {
      end(context, Outcome.NEXT_MX_HOST);
    }
  }

  private void chooseTls(ChannelHandlerContext context, String line) {
    if (!line.startsWith("250")) {
      end(context, Outcome.NEXT_MX_HOST);
    } else if (offersStartTls) {
      say(context, "STARTTLS", Step.STARTTLS);
    } else if (tls.startTlsMissing().isBlocking()) {
      end(context, Outcome.NEXT_MX_HOST); // before MAIL FROM, always
    } else {
      goOn(context, line);
    }
  }

  private void secure(ChannelHandlerContext context, String line) throws SSLException {
    if (line.startsWith("220")) {
      startTls(context);
    } else {
      boolean blocking = tls.startTlsRefused(code(line), line).isBlocking();
      end(context, blocking ? Outcome.NEXT_MX_HOST : Outcome.AGAIN_IN_CLEAR);
    }
  }

  private static int code(String line) {
    return line.matches("\\d{3}.*") ? Integer.parseInt(line.substring(0, 3)) : 0;
  }

  private void startTls(ChannelHandlerContext context) throws SSLException {
    step = Step.HANDSHAKE;
    // region netty
    if (replies.holdMore()) throw new SSLException("text between the 220 and TLS: injected");
    SslHandler handler = new SslHandler(tls.newEngine());
    context.pipeline().addFirst(handler);
    handler
        .handshakeFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) greetAgain(context); // RFC 3207: what it said is forgotten
              else if (tls.handshakeFailed(done.cause()).isBlocking()) tryNextMxHost(context);
              else reconnectInClear(context); // testing, or no policy
            });
    // endregion
  }

  private void greetAgain(ChannelHandlerContext context) {
    say(context, "EHLO sender.example", Step.MAIL);
  }

  private void tryNextMxHost(ChannelHandlerContext context) {
    end(context, Outcome.NEXT_MX_HOST);
  }

  private void reconnectInClear(ChannelHandlerContext context) {
    end(context, Outcome.AGAIN_IN_CLEAR);
  }

  private void goOn(ChannelHandlerContext context, String line) {
    String next = mail.poll();
    if (!line.startsWith("2") && !line.startsWith("3")) {
      end(context, Outcome.NEXT_MX_HOST);
    } else if (next == null) {
      end(context, Outcome.DELIVERED);
    } else {
      say(context, next, Step.MAIL);
    }
  }

  private void say(ChannelHandlerContext context, String line, Step expected) {
    step = expected;
    context
        .writeAndFlush(Unpooled.copiedBuffer(line + "\r\n", StandardCharsets.UTF_8))
        .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
  }

  private void end(ChannelHandlerContext context, Outcome how) {
    outcome.complete(how);
    context.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    boolean inClear = step == Step.HANDSHAKE && !tls.handshakeFailed(cause).isBlocking();
    end(context, inClear ? Outcome.AGAIN_IN_CLEAR : Outcome.NEXT_MX_HOST);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end(context, Outcome.NEXT_MX_HOST);
  }

  /** Lines of a bounded length; and whether something was said beyond the last of them. */
  private static final class Replies extends LineBasedFrameDecoder {
    Replies() {
      super(4096);
    }

    boolean holdMore() {
      return actualReadableBytes() > 0;
    }
  }
}
