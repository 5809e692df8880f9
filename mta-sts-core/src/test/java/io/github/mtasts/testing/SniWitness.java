package io.github.mtasts.testing;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;

/** Makes server sockets that note which names clients ask for by SNI; thread-safe. */
final class SniWitness {
  private final List<String> seen = new CopyOnWriteArrayList<>();

  SSLSocket serverSocket(SSLContext context, Socket connected) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(
                    connected,
                    connected.getInetAddress().getHostAddress(),
                    connected.getPort(),
                    true);
    tls.setUseClientMode(false);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setSNIMatchers(List.of(new Notes()));
    tls.setSSLParameters(parameters);
    return tls;
  }

  List<String> seen() {
    return List.copyOf(seen);
  }

  private final class Notes extends SNIMatcher {
    private Notes() {
      super(StandardConstants.SNI_HOST_NAME);
    }

    @Override
    public boolean matches(SNIServerName name) {
      seen.add(new String(name.getEncoded(), StandardCharsets.UTF_8));
      return true;
    }
  }
}
