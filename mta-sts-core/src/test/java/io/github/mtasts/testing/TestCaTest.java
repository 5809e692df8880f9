// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestCaTest {
  private final TestCa ca = TestCa.create();

  @Test
  void issuesCertificatesThatItsTrustManagerAccepts() {
    TestCertificate good = ca.issue("mx.example.com", "*.example.org");
    assertThatCode(() -> check(good)).doesNotThrowAnyException();
  }

  @Test
  void issuesAChainWithAnIntermediate() {
    TestCertificate good = ca.leaf().dnsNames("mx.example.com").withIntermediate().issue();
    assertThat(good.chain()).hasSize(2);
    assertThatCode(() -> check(good)).doesNotThrowAnyException();
  }

  @Test
  void issuesCertificatesThatItsTrustManagerRejects() {
    List<TestCa.Leaf> bad =
        List.of(
            ca.leaf().expired(),
            ca.leaf().notYetValid(),
            ca.leaf().selfSigned(),
            ca.leaf().clientAuthOnly(),
            ca.leaf().withMissingIntermediate(),
            ca.leaf().withConstrainedIntermediate("example.org"),
            TestCa.create().leaf());
    for (TestCa.Leaf leaf : bad) {
      assertThatThrownBy(() -> check(leaf.dnsNames("mx.example.com").issue()))
          .isInstanceOf(CertificateException.class);
    }
  }

  @Test
  void writesNamesAsGiven() throws CertificateException {
    X509Certificate odd =
        ca.leaf()
            .dnsNames("Ma*.Example.com")
            .ipAddress("192.0.2.1")
            .uri("smtp://mail.example.com")
            .srvName("_smtp.example.com")
            .commonName("mail.example.com")
            .issue()
            .certificate();
    assertThat(odd.getSubjectAlternativeNames())
        .hasSize(4)
        .contains(List.of(2, "Ma*.Example.com"), List.of(7, "192.0.2.1"));
    assertThat(odd.getSubjectX500Principal().getName()).isEqualTo("CN=mail.example.com");
  }

  @Test
  void omitsTheSubjectAltNameWithoutNames() throws CertificateException {
    X509Certificate plain = ca.leaf().commonName("mail.example.com").issue().certificate();
    assertThat(plain.getSubjectAlternativeNames()).isNull();
  }

  @Test
  void writesItsCertificateAsPem() throws CertificateException {
    byte[] pem = ca.certificatePem().getBytes(StandardCharsets.US_ASCII);
    assertThat(
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem)))
        .isEqualTo(ca.certificate());
  }

  private void check(TestCertificate certificate) throws CertificateException {
    ca.trustManager()
        .checkServerTrusted(certificate.chain().toArray(X509Certificate[]::new), "ECDHE_ECDSA");
  }
}
