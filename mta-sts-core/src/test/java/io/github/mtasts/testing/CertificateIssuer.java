// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A name and a key that sign certificates; immutable, hence thread-safe. */
record CertificateIssuer(X500Name name, KeyPair keys) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** When a certificate is valid. */
  record Validity(Instant from, Instant until) {
    static Validity current() {
      return new Validity(daysFromNow(-1), daysFromNow(30));
    }

    static Validity expired() {
      return new Validity(daysFromNow(-31), daysFromNow(-1));
    }

    static Validity future() {
      return new Validity(daysFromNow(1), daysFromNow(30));
    }

    private static Instant daysFromNow(int days) {
      return Instant.now().plus(Duration.ofDays(days));
    }
  }

  static CertificateIssuer create(String commonName) throws GeneralSecurityException {
    return new CertificateIssuer(name(BCStyle.CN, commonName), ecKeys());
  }

  X509v3CertificateBuilder certificate(X500Name subject, PublicKey key, Validity validity) {
    return new JcaX509v3CertificateBuilder(
        name,
        new BigInteger(64, RANDOM).add(BigInteger.ONE),
        Date.from(validity.from()),
        Date.from(validity.until()),
        subject,
        key);
  }

  X509Certificate certifyAuthority(
      CertificateIssuer authority, Validity validity, Optional<String> permittedDnsSuffix)
      throws GeneralSecurityException, IOException {
    X509v3CertificateBuilder builder =
        certificate(authority.name, authority.keys.getPublic(), validity)
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
            .addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    if (permittedDnsSuffix.isPresent()) {
      GeneralSubtree[] permitted = {new GeneralSubtree(dnsName(permittedDnsSuffix.get()))};
      builder.addExtension(Extension.nameConstraints, true, new NameConstraints(permitted, null));
    }
    return sign(builder);
  }

  X509Certificate sign(X509v3CertificateBuilder builder) throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  static X500Name name(ASN1ObjectIdentifier attribute, String text) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(attribute, text).build();
  }

  static GeneralName dnsName(String text) {
    return new GeneralName(GeneralName.dNSName, ia5(text));
  }

  /** Keeps the text as given, as UTF-8 where it is not ASCII: tests need invalid names too. */
  static DERIA5String ia5(String text) {
    return new DERIA5String(
        new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
  }

  static KeyPair ecKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}
