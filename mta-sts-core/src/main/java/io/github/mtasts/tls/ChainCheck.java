// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import java.security.cert.CertificateException;

/** The check of a certificate chain against the trust anchors. */
@FunctionalInterface
interface ChainCheck {
  void run() throws CertificateException;
}
