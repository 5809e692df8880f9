// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.x509.DnsIds;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Verifies as its delegate does, and records the names of a certificate that it rejects.
 *
 * <p>The delegate is OkHttp's: it reads DNS-IDs only, never the common name, and accepts {@code *}
 * only as the complete left-most label, as RFC 8461 §3.3 requires. Thread-safe.
 */
final class RecordingHostnameVerifier implements HostnameVerifier {
  private final HostnameVerifier delegate;
  private final FetchTrace trace;

  RecordingHostnameVerifier(HostnameVerifier delegate, FetchTrace trace) {
    this.delegate = delegate;
    this.trace = trace;
  }

  @Override
  public boolean verify(String host, SSLSession session) {
    if (delegate.verify(host, session)) {
      return true;
    }
    trace.rejectedNames(dnsIds(session));
    return false;
  }

  private static DnsIds dnsIds(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate leaf
          ? DnsIds.of(leaf)
          : new DnsIds(List.of());
    } catch (SSLPeerUnverifiedException noCertificate) {
      return new DnsIds(List.of());
    }
  }
}
