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

/** The platform's trust anchors and those of a PEM file, together. */
final class TrustAnchors {
  private static final int LARGEST = 16 << 20;

  private TrustAnchors() {}

  static X509TrustManager platformAnd(InputFile pem, String name) throws Complaint {
    Collection<? extends Certificate> added = certificates(pem.read(LARGEST), name);
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
      throw Complaint.usage("--ca " + name + ": cannot be used: " + e.getMessage());
    }
  }

  private static Collection<? extends Certificate> certificates(byte[] pem, String name)
      throws Complaint {
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (CertificateException notPem) {
      // Told below.
    }
    throw Complaint.usage("--ca " + name + ": expected certificates in PEM, found none");
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
    throw new CertificateException("this JDK has no X.509 trust manager");
  }
}
