package io.github.mtasts.fetch;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Says no as its delegate does, and remembers to which names.
 *
 * <p>The delegate is OkHttp's: it reads DNS names of the SAN only, never the common name, and takes
 * {@code *} only as the complete left-most label, which is what RFC 8461 §3.3 asks for.
 */
final class NameCheck implements HostnameVerifier {
  private static final Integer DNS_NAME = 2; // RFC 5280 §4.2.1.6

  private final HostnameVerifier delegate;
  private final Evidence evidence;

  NameCheck(HostnameVerifier delegate, Evidence evidence) {
    this.delegate = delegate;
    this.evidence = evidence;
  }

  @Override
  public boolean verify(String host, SSLSession session) {
    if (delegate.verify(host, session)) {
      return true;
    }
    evidence.presentedNames(dnsNames(session));
    return false;
  }

  private static List<String> dnsNames(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain[0] instanceof X509Certificate leaf ? dnsNames(leaf) : List.of();
    } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
      return List.of(); // no certificate, or one whose SAN cannot be read: no name either way
    }
  }

  private static List<String> dnsNames(X509Certificate leaf) throws CertificateParsingException {
    Collection<List<?>> entries = leaf.getSubjectAlternativeNames();
    List<String> names = new ArrayList<>();
    if (entries != null) {
      for (List<?> entry : entries) {
        if (DNS_NAME.equals(entry.get(0)) && entry.get(1) instanceof String name) {
          names.add(name);
        }
      }
    }
    return names;
  }
}
