// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.x509.CauseChain;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;

/**
 * Runs complete fetches in memory, so that a class path with an incompatible OkHttp, Okio or Kotlin
 * fails when a resolver is built, and not later in every fetch.
 *
 * <p>The JVM links a method when it is first called: only a real exchange shows whether all that a
 * fetch needs is there. The client, its settings and its TLS code are those of fetches; only the
 * sockets are replaced by canned responses. Nothing is connected, and no thread waits.
 *
 * <p>Stateless, hence thread-safe.
 */
final class HttpLinkage {
  private static final String POLICY =
      "version: STSv1\nmode: testing\nmx: linkage.invalid\nmax_age: 86400\n";
  private static final String START =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n";

  /** The three ways to send a body: with its length, in chunks, and up to the end. */
  static final List<String> RESPONSES =
      List.of(
          START + "Content-Length: " + POLICY.length() + "\r\n\r\n" + POLICY,
          START
              + "Transfer-Encoding: chunked\r\n\r\n"
              + Integer.toHexString(POLICY.length())
              + "\r\n"
              + POLICY
              + "\r\n0\r\n\r\n",
          START + "\r\n" + POLICY);

  /** For the name of the policy host, so that the host name verifier has something to accept. */
  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBoDCCAUWgAwIBAgIUIPC5bnSs1FMfGj6myp8bvmKU32kwCgYIKoZIzj0EAwIw
      EjEQMA4GA1UEAwwHbGlua2FnZTAgFw0yNjEyMDExMDI3MzVaGA8yMTI2MTEwNzEw
      MjczNVowEjEQMA4GA1UEAwwHbGlua2FnZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
      A0IABNZSUd9lD6yu62vHOj7nBRHpMw/V/lhmPX1vHy+M4tGC2XDQ9G+Am/H2//Lh
      zyR0bfIJSHgdV3XH3hqJML0L5KCjdzB1MB0GA1UdDgQWBBSP65t/jRLNALHnaV03
      w0FvSEhO8zAfBgNVHSMEGDAWgBSP65t/jRLNALHnaV03w0FvSEhO8zAPBgNVHRMB
      Af8EBTADAQH/MCIGA1UdEQQbMBmCF210YS1zdHMubGlua2FnZS5pbnZhbGlkMAoG
      CCqGSM49BAMCA0kAMEYCIQDLUP9J7BqWBW+0Glqyi6qddHcXy8XzmwPjrTvWrbjN
      vAIhAKykr9qUix4g9CzbqToC/2RtUsnPv876xSQkR/04XZ56
      -----END CERTIFICATE-----
      """;

  private HttpLinkage() {}

  /**
   * Fetches from memory with the given client.
   *
   * @throws LinkageError if a library is missing or incompatible; any other failure is none of the
   *     class path, and left to the fetch that meets it
   */
  static void prove(PolicyHostClient client) {
    try {
      for (String response : RESPONSES) {
        fetch(client, response);
      }
    } catch (Throwable e) {
      CauseChain.of(e)
          .first(LinkageError.class)
          .ifPresent(
              incompatible -> {
                throw incompatible;
              });
    }
  }

  /** Fetches one response; throws whatever goes wrong. */
  static Policy fetch(PolicyHostClient client, String response)
      throws IOException, CertificateException, PolicySyntaxException {
    PolicyLocation location = PolicyLocation.of(DomainName.of("linkage.invalid"));
    PolicyHostClient inMemory =
        client.over(
            new MemorySocket.Factory(response, certificate()), new MemorySocket.TlsFactory());
    return Policy.parse(
        inMemory.get(location, addresses(), new FetchTrace(), cancel -> {}), Reading.STRICT);
  }

  /** Two, as most policy hosts have: OkHttp then connects in parallel. Never used on a network. */
  private static List<InetAddress> addresses() throws IOException {
    return List.of(
        InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}),
        InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 2}));
  }

  private static Certificate certificate() throws CertificateException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(
            new ByteArrayInputStream(CERTIFICATE.getBytes(StandardCharsets.US_ASCII)));
  }
}
