package io.github.mtasts.testing;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Presents the certificate for the name that the client asks for, or else a fallback. */
final class SniKeys extends X509ExtendedKeyManager {
  private static final String FALLBACK = "";

  private final Map<String, TestCertificate> byName;
  private final TestCertificate fallback;

  SniKeys(TestCertificate fallback, Map<String, TestCertificate> byName) {
    this.fallback = fallback;
    this.byName = Map.copyOf(byName);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return socket instanceof SSLSocket tls ? alias(keyType, tls.getHandshakeSession()) : null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return engine == null ? null : alias(keyType, engine.getHandshakeSession());
  }

  private @Nullable String alias(String keyType, SSLSession session) {
    String name = asked(session);
    return certificate(name).privateKey().getAlgorithm().equals(keyType) ? name : null;
  }

  private String asked(SSLSession session) {
    if (session instanceof ExtendedSSLSession extended) {
      for (SNIServerName name : extended.getRequestedServerNames()) {
        String asked =
            new String(name.getEncoded(), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        if (byName.containsKey(asked)) {
          return asked;
        }
      }
    }
    return FALLBACK;
  }

  private TestCertificate certificate(String name) {
    return byName.getOrDefault(name, fallback);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return certificate(alias).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return certificate(alias).privateKey();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return byName.keySet().toArray(String[]::new);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
