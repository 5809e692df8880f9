// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses {@code HOST:PORT}, {@code HOST}, {@code [IPV6]:PORT} or {@code [IPV6]}. */
final class ServerAddress implements ITypeConverter<InetSocketAddress> {
  private static final int DNS_PORT = 53;
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)\\]|([^:\\[\\]\\s]+))(?::([0-9]{1,5}))?");

  @Override
  public InetSocketAddress convert(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new TypeConversionException("expected HOST:PORT, found " + text);
    }
    int port = parts.group(3) == null ? DNS_PORT : Integer.parseInt(parts.group(3));
    if (port < 1 || port > 65535) {
      throw new TypeConversionException("expected a port from 1 to 65535, found " + port);
    }
    String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new TypeConversionException("expected a server's address or name, found " + host);
    }
    return address;
  }
}
