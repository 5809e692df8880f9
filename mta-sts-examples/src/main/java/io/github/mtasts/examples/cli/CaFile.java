// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Reads the CA certificates of a PEM file, and adds the platform's trust anchors. */
final class CaFile {
  private static final int MAX_OCTETS = 16 << 20;

  private CaFile() {}

  static X509TrustManager platformAnd(InputFile pem, String name) throws CommandException {
    Collection<? extends Certificate> added = certificates(pem.read(MAX_OCTETS), name);
    try {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      int number = 0;
      for (X509Certificate anchor : trustManager(null).getAcceptedIssuers()) {
        anchors.setCertificateEntry("platform-" + number++, anchor);
      }
      for (Certificate anchor : added) {
        anchors.setCertificateEntry("added-" + number++, anchor);
      }
      return trustManager(anchors);
    } catch (GeneralSecurityException | IOException e) {
      throw CommandException.usage("--ca " + name + ": cannot be used: " + e.getMessage());
    }
  }

  private static Collection<? extends Certificate> certificates(byte[] pem, String name)
      throws CommandException {
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (CertificateException notPem) {
      // Reported below.
    }
    throw CommandException.usage("--ca " + name + ": expected certificates in PEM, found none");
  }

  private static X509TrustManager trustManager(@Nullable KeyStore anchors)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(anchors);
    for (TrustManager trustManager : factory.getTrustManagers()) {
      if (trustManager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new CertificateException("expected an X.509 trust manager in this JDK, found none");
  }
}
