// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import io.github.mtasts.testing.CertificateIssuer.Validity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.OtherName;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/**
 * A private certificate authority for tests. It also issues certificates that a sender must reject.
 *
 * <p>Give {@link #trustManager()} to the resolver under test, and certificates from {@link
 * #issue(String...)} or {@link #leaf()} to {@link MxServer}, {@link ScriptedMx} and policy hosts.
 * Each authority and each certificate has a new key (EC P-256, which is quick to generate). Needs
 * {@code org.bouncycastle:bcpkix-jdk18on} on the class path. Thread-safe.
 */
public final class TestCa {
  private final CertificateIssuer issuer;
  private final X509Certificate certificate;

  private TestCa(String commonName) throws GeneralSecurityException, IOException {
    issuer = CertificateIssuer.create(commonName);
    certificate = issuer.certifyAuthority(issuer, Validity.current(), Optional.empty());
  }

  /**
   * Creates an authority named "Test CA".
   *
   * @return one with a new key
   */
  public static TestCa create() {
    return create("Test CA");
  }

  /**
   * Creates an authority with a given name, for tests with several of them.
   *
   * @param commonName the issuer of its certificates
   * @return one with a new key
   */
  public static TestCa create(String commonName) {
    try {
      return new TestCa(commonName);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("test CA: expected the JDK to sign a certificate", e);
    }
  }

  /**
   * Returns the trust anchor.
   *
   * @return the authority's own certificate
   */
  public X509Certificate certificate() {
    return certificate;
  }

  /**
   * Returns the trust anchor in PEM.
   *
   * @return one PEM block
   */
  public String certificatePem() {
    try {
      Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
      return "-----BEGIN CERTIFICATE-----\n"
          + lines.encodeToString(certificate.getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("test CA: expected an encodable certificate", e);
    }
  }

  /**
   * Returns the JDK's PKIX trust manager with this authority as its only trust anchor.
   *
   * @return an {@code X509ExtendedTrustManager}
   */
  public X509TrustManager trustManager() {
    try {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      anchors.setCertificateEntry("anchor", certificate);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(anchors);
      return (X509TrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("test CA: expected a PKIX trust manager from the JDK", e);
    }
  }

  /**
   * Issues a valid server certificate.
   *
   * @param dnsNames the subjectAltName
   * @return valid from yesterday, for 31 days
   */
  public TestCertificate issue(String... dnsNames) {
    return leaf().dnsNames(dnsNames).issue();
  }

  /**
   * Creates a builder for a certificate that differs from a plain one.
   *
   * @return one with the defaults of {@link #issue(String...)}
   */
  public Leaf leaf() {
    return new Leaf(issuer);
  }

  /** A certificate to be issued: set what differs, then call {@link #issue()}. One thread only. */
  public static final class Leaf {
    private final CertificateIssuer root;
    private final List<GeneralName> names = new ArrayList<>();
    private X500Name subject = CertificateIssuer.name(BCStyle.O, "Test mail server");
    private Validity validity = Validity.current();
    private Validity intermediateValidity = Validity.current();
    private KeyPurposeId purpose = KeyPurposeId.id_kp_serverAuth;
    private Optional<String> permitted = Optional.empty();
    private boolean selfSigned;
    private boolean intermediate;
    private boolean intermediateSent = true;
    private int rsaBits;

    private Leaf(CertificateIssuer root) {
      this.root = root;
    }

    /**
     * Adds dNSName entries exactly as given: letter case, wildcards and invalid names are kept.
     *
     * @param dnsNames any text
     * @return this
     */
    public Leaf dnsNames(String... dnsNames) {
      for (String dnsName : dnsNames) {
        names.add(CertificateIssuer.dnsName(dnsName));
      }
      return this;
    }

    /**
     * Adds an iPAddress entry.
     *
     * @param address an address literal
     * @return this
     */
    public Leaf ipAddress(String address) {
      names.add(new GeneralName(GeneralName.iPAddress, address));
      return this;
    }

    /**
     * Adds a uniformResourceIdentifier entry.
     *
     * @param uri any text
     * @return this
     */
    public Leaf uri(String uri) {
      names.add(new GeneralName(GeneralName.uniformResourceIdentifier, CertificateIssuer.ia5(uri)));
      return this;
    }

    /**
     * Adds an otherName entry of the type SRVName (RFC 4985).
     *
     * @param srvName for example {@code _smtp.example.com}
     * @return this
     */
    public Leaf srvName(String srvName) {
      ASN1ObjectIdentifier onDnsSrv = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.8.7");
      names.add(
          new GeneralName(
              GeneralName.otherName, new OtherName(onDnsSrv, CertificateIssuer.ia5(srvName))));
      return this;
    }

    /**
     * Sets the common name, which a sender must ignore.
     *
     * @param commonName any text
     * @return this
     */
    public Leaf commonName(String commonName) {
      subject = CertificateIssuer.name(BCStyle.CN, commonName);
      return this;
    }

    /**
     * Makes it valid until yesterday.
     *
     * @return this
     */
    public Leaf expired() {
      validity = Validity.expired();
      return this;
    }

    /**
     * Makes it valid from tomorrow.
     *
     * @return this
     */
    public Leaf notYetValid() {
      validity = Validity.future();
      return this;
    }

    /**
     * Signs it with its own key instead of the authority's.
     *
     * @return this
     */
    public Leaf selfSigned() {
      selfSigned = true;
      return this;
    }

    /**
     * Issues it from an intermediate authority, whose certificate is part of the chain.
     *
     * @return this
     */
    public Leaf withIntermediate() {
      intermediate = true;
      return this;
    }

    /**
     * Issues it from an intermediate authority whose certificate the server does not send.
     *
     * @return this
     */
    public Leaf withMissingIntermediate() {
      intermediate = true;
      intermediateSent = false;
      return this;
    }

    /**
     * Issues it from an intermediate authority whose own certificate expired yesterday.
     *
     * @return this
     */
    public Leaf withExpiredIntermediate() {
      intermediate = true;
      intermediateValidity = Validity.expired();
      return this;
    }

    /**
     * Issues it from an intermediate authority that may issue only for one part of the DNS.
     *
     * @param permittedSuffix the permitted dNSName subtree, for example {@code example.org}
     * @return this
     */
    public Leaf withConstrainedIntermediate(String permittedSuffix) {
      intermediate = true;
      permitted = Optional.of(permittedSuffix);
      return this;
    }

    /**
     * Gives it an RSA key of 1024 bits, which is too short.
     *
     * @return this
     */
    public Leaf rsa1024() {
      rsaBits = 1024;
      return this;
    }

    /**
     * Gives it an RSA key of 2048 bits instead of an EC key.
     *
     * @return this
     */
    public Leaf rsa2048() {
      rsaBits = 2048;
      return this;
    }

    /**
     * Restricts it to TLS clients by its extended key usage.
     *
     * @return this
     */
    public Leaf clientAuthOnly() {
      purpose = KeyPurposeId.id_kp_clientAuth;
      return this;
    }

    /**
     * Issues the certificate.
     *
     * @return it, with its key and with the chain that a server sends
     */
    public TestCertificate issue() {
      try {
        KeyPair keys = rsaBits > 0 ? rsaKeys(rsaBits) : CertificateIssuer.ecKeys();
        List<X509Certificate> chain = new ArrayList<>();
        CertificateIssuer issuer = selfSigned ? new CertificateIssuer(subject, keys) : root;
        if (intermediate) {
          issuer = CertificateIssuer.create("Test intermediate CA");
          chain.add(root.certifyAuthority(issuer, intermediateValidity, permitted));
        }
        chain.add(0, issuer.sign(certificate(issuer, keys.getPublic())));
        return new TestCertificate(
            intermediateSent ? chain : chain.subList(0, 1), keys.getPrivate());
      } catch (GeneralSecurityException | IOException e) {
        throw new IllegalStateException("test CA: expected the JDK to sign a certificate", e);
      }
    }

    private X509v3CertificateBuilder certificate(CertificateIssuer issuer, PublicKey key)
        throws IOException {
      KeyUsage usage = new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
      X509v3CertificateBuilder builder =
          issuer
              .certificate(subject, key, validity)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, usage)
              .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      return builder;
    }

    private static KeyPair rsaKeys(int bits) throws GeneralSecurityException {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    }
  }
}
