// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.examples.smtp.SmtpMessage;
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

/** Delivers a message to one MX host with Netty. For use by one event loop. */
final class NettyDelivery extends SimpleChannelInboundHandler<String> {

  /** The result, which says what to do next. */
  enum Result {
    DELIVERED,
    /** Disconnect and try the next MX host. */
    NEXT_MX_HOST,
    /** Connect to the same host again, without STARTTLS. */
    AGAIN_IN_CLEAR
  }

  private enum Step {
    GREETING,
    EHLO,
    STARTTLS,
    HANDSHAKE,
    MAIL
  }

  private final CompletableFuture<Result> result = new CompletableFuture<>();
  private final Replies replies = new Replies();
  private final MxTls tls;
  private final Queue<String> mail = new ArrayDeque<>();
  private Step step = Step.GREETING;
  private boolean offersStartTls;

  private NettyDelivery(MxTls tls, SmtpMessage message) {
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
   * Connects, starts TLS and delivers.
   *
   * @param tls the TLS of this connection; close it after the result
   */
  static CompletableFuture<Result> deliver(
      EventLoopGroup loops, InetSocketAddress mx, MxTls tls, SmtpMessage message) {
    NettyDelivery delivery = new NettyDelivery(tls, message);
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
                    .addLast(delivery.replies)
                    .addLast(new StringDecoder(StandardCharsets.UTF_8))
                    .addLast(delivery);
              }
            })
        .connect(mx)
        .addListener(
            done -> {
              if (!done.isSuccess()) delivery.result.complete(Result.NEXT_MX_HOST);
            });
    return delivery.result;
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
      case HANDSHAKE ->
          throw new SSLException("expected the TLS handshake, found an SMTP reply: " + line);
      case MAIL -> continueMail(context, line);
    }
  }

  private void greet(ChannelHandlerContext context, String line) {
    if (line.startsWith("220")) {
      say(context, "EHLO sender.example", Step.EHLO);
    } else {
      end(context, Result.NEXT_MX_HOST);
    }
  }

  private void chooseTls(ChannelHandlerContext context, String line) {
    if (!line.startsWith("250")) {
      end(context, Result.NEXT_MX_HOST);
    } else if (offersStartTls) {
      say(context, "STARTTLS", Step.STARTTLS);
    } else if (tls.startTlsMissing().isBlocking()) {
      end(context, Result.NEXT_MX_HOST); // before MAIL FROM, always
    } else {
      continueMail(context, line);
    }
  }

  private void secure(ChannelHandlerContext context, String line) throws SSLException {
    if (line.startsWith("220")) {
      startTls(context);
    } else {
      boolean blocking = tls.startTlsRefused(code(line), line).isBlocking();
      end(context, blocking ? Result.NEXT_MX_HOST : Result.AGAIN_IN_CLEAR);
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
              if (done.isSuccess()) greetAgain(context); // RFC 3207 §4.2: discard old EHLO reply
              else if (tls.handshakeFailed(done.cause()).isBlocking()) tryNextMxHost(context);
              else reconnectInClear(context); // testing, or no policy
            });
    // endregion
  }

  private void greetAgain(ChannelHandlerContext context) {
    say(context, "EHLO sender.example", Step.MAIL);
  }

  private void tryNextMxHost(ChannelHandlerContext context) {
    end(context, Result.NEXT_MX_HOST);
  }

  private void reconnectInClear(ChannelHandlerContext context) {
    end(context, Result.AGAIN_IN_CLEAR);
  }

  private void continueMail(ChannelHandlerContext context, String line) {
    String next = mail.poll();
    if (!line.startsWith("2") && !line.startsWith("3")) {
      end(context, Result.NEXT_MX_HOST);
    } else if (next == null) {
      end(context, Result.DELIVERED);
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

  private void end(ChannelHandlerContext context, Result result) {
    this.result.complete(result);
    context.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    boolean inClear = step == Step.HANDSHAKE && !tls.handshakeFailed(cause).isBlocking();
    end(context, inClear ? Result.AGAIN_IN_CLEAR : Result.NEXT_MX_HOST);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end(context, Result.NEXT_MX_HOST);
  }

  /** Splits replies into lines of bounded length, and shows whether more text is buffered. */
  private static final class Replies extends LineBasedFrameDecoder {
    Replies() {
      super(4096);
    }

    boolean holdMore() {
      return actualReadableBytes() > 0;
    }
  }
}
