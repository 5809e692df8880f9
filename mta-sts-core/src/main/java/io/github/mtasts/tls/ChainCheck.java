package io.github.mtasts.tls;

import java.security.cert.CertificateException;

/** A chain that is about to be checked against the trust anchors. */
@FunctionalInterface
interface ChainCheck {
  void run() throws CertificateException;
}
