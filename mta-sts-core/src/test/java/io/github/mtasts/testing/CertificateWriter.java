package io.github.mtasts.testing;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** Writes and signs one X.509 certificate, sane or not; for one thread. RFC 5280 §4.1 */
final class CertificateWriter {
  private static final String SHA256_WITH_ECDSA = "1.2.840.10045.4.3.2";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X500Principal subject;
  private final PublicKey subjectKey;
  private final List<byte[]> extensions = new ArrayList<>();
  private Instant notBefore = Instant.now().minusSeconds(86_400);
  private Instant notAfter = Instant.now().plusSeconds(30 * 86_400L);

  CertificateWriter(X500Principal subject, PublicKey subjectKey) {
    this.subject = subject;
    this.subjectKey = subjectKey;
  }

  CertificateWriter validity(Instant from, Instant to) {
    notBefore = from;
    notAfter = to;
    return this;
  }

  CertificateWriter authority() {
    extension("2.5.29.19", true, Der.sequence(Der.truth()));
    // keyCertSign and cRLSign
    return extension("2.5.29.15", true, Der.bits(new byte[] {0x06}, 1));
  }

  CertificateWriter endEntity(String purposeOid) {
    extension("2.5.29.19", true, Der.sequence());
    // digitalSignature and keyEncipherment
    extension("2.5.29.15", true, Der.bits(new byte[] {(byte) 0xa0}, 5));
    return extension("2.5.29.37", false, Der.sequence(Der.oid(purposeOid)));
  }

  CertificateWriter subjectAltNames(List<byte[]> names) {
    if (names.isEmpty()) {
      return this;
    }
    return extension("2.5.29.17", false, Der.sequence(names.toArray(byte[][]::new)));
  }

  CertificateWriter permittedDnsNames(String suffix) {
    byte[] subtree = Der.sequence(Der.text(0x82, suffix));
    return extension("2.5.29.30", true, Der.sequence(Der.tagged(0xa0, subtree)));
  }

  CertificateWriter extension(String oid, boolean critical, byte[] value) {
    byte[] flag = critical ? Der.truth() : new byte[0];
    extensions.add(Der.sequence(Der.oid(oid), flag, Der.octets(value)));
    return this;
  }

  X509Certificate signedBy(X500Principal issuer, KeyPair issuerKeys)
      throws GeneralSecurityException {
    byte[] algorithm = Der.sequence(Der.oid(SHA256_WITH_ECDSA));
    byte[] toBeSigned =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(64, RANDOM).add(BigInteger.ONE)),
            algorithm,
            issuer.getEncoded(),
            Der.sequence(Der.time(notBefore), Der.time(notAfter)),
            subject.getEncoded(),
            subjectKey.getEncoded(),
            Der.tagged(0xa3, Der.sequence(extensions.toArray(byte[][]::new))));
    byte[] signature = sign(toBeSigned, issuerKeys.getPrivate());
    byte[] encoded = Der.sequence(toBeSigned, algorithm, Der.bits(signature, 0));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  private static byte[] sign(byte[] toBeSigned, PrivateKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(toBeSigned);
    return signature.sign();
  }
}
