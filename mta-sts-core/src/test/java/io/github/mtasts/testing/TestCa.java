package io.github.mtasts.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;

/**
 * A private certification authority for tests, which also issues the certificates that a sender
 * must refuse.
 *
 * <p>Give {@link #trustManager()} to the resolver under test, and certificates from {@link
 * #issue(String...)} or {@link #leaf()} to {@link MxServer}, {@link ScriptedMx} and policy hosts.
 * Keys are made anew for every authority and certificate (EC P-256, so that is quick) and are worth
 * nothing outside the process. Thread-safe.
 */
public final class TestCa {
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private final X500Principal name;
  private final KeyPair keys;
  private final X509Certificate certificate;

  private TestCa(String commonName) throws GeneralSecurityException {
    name = commonName(commonName);
    keys = ecKeys();
    certificate = new CertificateWriter(name, keys.getPublic()).authority().signedBy(name, keys);
  }

  /**
   * Makes an authority.
   *
   * @return one with keys of its own
   */
  public static TestCa create() {
    return create("Test CA");
  }

  /**
   * Makes an authority with a name, for tests with several of them.
   *
   * @param commonName what the issuer field of its certificates says
   * @return one with keys of its own
   */
  public static TestCa create(String commonName) {
    try {
      return new TestCa(commonName);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("test CA: expected the JDK to make EC certificates", e);
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
   * Returns the trust anchor as a file would hold it.
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
   * Returns the JDK's own PKIX trust manager with this authority as its only anchor.
   *
   * @return an {@code X509ExtendedTrustManager}, as the JDK makes them
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
   * Issues a certificate with which nothing is wrong.
   *
   * @param dnsNames what the subjectAltName says
   * @return valid from yesterday for a month
   */
  public TestCertificate issue(String... dnsNames) {
    return leaf().dnsNames(dnsNames).issue();
  }

  /**
   * Begins a certificate with something special about it.
   *
   * @return a builder whose defaults are those of {@link #issue(String...)}
   */
  public Leaf leaf() {
    return new Leaf(this);
  }

  private static X500Principal commonName(String text) {
    return name("2.5.4.3", text);
  }

  private static X500Principal name(String oid, String text) {
    byte[] attribute = Der.sequence(Der.oid(oid), Der.utf8(text));
    return new X500Principal(Der.sequence(Der.tagged(0x31, attribute)));
  }

  private static KeyPair ecKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** A certificate to be issued; say what is special about it, then {@link #issue()}. */
  public static final class Leaf {
    private final TestCa ca;
    private final List<byte[]> names = new ArrayList<>();
    private X500Principal subject = name("2.5.4.10", "A test's mail server");
    private Instant notBefore = Instant.now().minus(Duration.ofDays(1));
    private Instant notAfter = Instant.now().plus(Duration.ofDays(30));
    private String purpose = SERVER_AUTH;
    private Optional<String> permitted = Optional.empty();
    private boolean selfSigned;
    private boolean intermediate;
    private boolean intermediateSent = true;
    private int rsaBits;

    private Leaf(TestCa ca) {
      this.ca = ca;
    }

    /**
     * Adds dNSName entries, exactly as given: case, wildcards and nonsense are kept.
     *
     * @param dnsNames any text
     * @return this
     */
    public Leaf dnsNames(String... dnsNames) {
      for (String dnsName : dnsNames) {
        names.add(Der.text(0x82, dnsName));
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
      try {
        names.add(Der.tagged(0x87, InetAddress.getByName(address).getAddress()));
        return this;
      } catch (IOException e) {
        throw new IllegalArgumentException("address: expected a literal, found " + address, e);
      }
    }

    /**
     * Adds a uniformResourceIdentifier entry.
     *
     * @param uri any text
     * @return this
     */
    public Leaf uri(String uri) {
      names.add(Der.text(0x86, uri));
      return this;
    }

    /**
     * Adds an otherName entry of the kind SRVName (RFC 4985).
     *
     * @param srvName for example {@code _smtp.example.com}
     * @return this
     */
    public Leaf srvName(String srvName) {
      byte[] value = Der.tagged(0xa0, Der.text(0x16, srvName));
      names.add(Der.tagged(0xa0, Der.oid("1.3.6.1.5.5.7.8.7"), value));
      return this;
    }

    /**
     * Sets the common name, which no sender of today may read.
     *
     * @param commonName any text
     * @return this
     */
    public Leaf commonName(String commonName) {
      subject = TestCa.commonName(commonName);
      return this;
    }

    /**
     * Makes it valid until yesterday.
     *
     * @return this
     */
    public Leaf expired() {
      notBefore = Instant.now().minus(Duration.ofDays(31));
      notAfter = Instant.now().minus(Duration.ofDays(1));
      return this;
    }

    /**
     * Makes it valid from tomorrow.
     *
     * @return this
     */
    public Leaf notYetValid() {
      notBefore = Instant.now().plus(Duration.ofDays(1));
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
     * Issues it by an intermediate authority whose certificate is part of the chain.
     *
     * @return this
     */
    public Leaf withIntermediate() {
      intermediate = true;
      return this;
    }

    /**
     * Issues it by an intermediate authority whose certificate the server forgets to send.
     *
     * @return this
     */
    public Leaf withMissingIntermediate() {
      intermediate = true;
      intermediateSent = false;
      return this;
    }

    /**
     * Issues it by an intermediate authority that may only issue for one part of the DNS.
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
     * Gives it an RSA key of 2048 bits instead of an elliptic one.
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
      purpose = CLIENT_AUTH;
      return this;
    }

    /**
     * Issues the certificate.
     *
     * @return it, with its key and with the chain that a server sends
     */
    public TestCertificate issue() {
      try {
        KeyPair keys = rsaBits > 0 ? rsaKeys(rsaBits) : ecKeys();
        CertificateWriter writer =
            new CertificateWriter(subject, keys.getPublic())
                .validity(notBefore, notAfter)
                .endEntity(purpose)
                .subjectAltNames(names);
        return intermediate ? byIntermediate(writer, keys) : directly(writer, keys);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("test CA: expected the JDK to make a certificate", e);
      }
    }

    private TestCertificate directly(CertificateWriter writer, KeyPair keys)
        throws GeneralSecurityException {
      X509Certificate leaf =
          selfSigned ? writer.signedBy(subject, keys) : writer.signedBy(ca.name, ca.keys);
      return new TestCertificate(List.of(leaf), keys.getPrivate());
    }

    private TestCertificate byIntermediate(CertificateWriter writer, KeyPair keys)
        throws GeneralSecurityException {
      X500Principal between = TestCa.commonName("Test intermediate CA");
      KeyPair betweenKeys = ecKeys();
      CertificateWriter authority =
          new CertificateWriter(between, betweenKeys.getPublic()).authority();
      permitted.ifPresent(authority::permittedDnsNames);
      X509Certificate issuer = authority.signedBy(ca.name, ca.keys);
      X509Certificate leaf = writer.signedBy(between, betweenKeys);
      return new TestCertificate(
          intermediateSent ? List.of(leaf, issuer) : List.of(leaf), keys.getPrivate());
    }

    private static KeyPair rsaKeys(int bits) throws GeneralSecurityException {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    }
  }
}
