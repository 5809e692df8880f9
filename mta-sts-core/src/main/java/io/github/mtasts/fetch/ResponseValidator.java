// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.policy.Excerpt;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import okhttp3.Interceptor;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;

/**
 * Refuses every HTTP response that cannot be a policy. RFC 8461 §3.3
 *
 * <p>A network interceptor: it runs before the HTTP client follows redirects or retries, and ends
 * the call by an exception, so that no second request is sent. (Otherwise the client would retry a
 * 408, and a 503 with {@code Retry-After: 0}.) Immutable, hence thread-safe.
 */
final class ResponseValidator implements Interceptor {
  private static final int SHOWN = 120;
  private static final int OK = 200;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVICE_UNAVAILABLE = 503;

  private final InstantSource clock;

  ResponseValidator(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    try {
      checkStatus(response);
      checkMediaType(response);
      checkContentEncoding(response);
      return response;
    } catch (UnusableResponseException e) {
      chain.call().cancel(); // first: closing alone would read on, to reuse the connection
      response.close();
      throw e;
    }
  }

  private void checkStatus(Response response) throws UnusableResponseException {
    int status = response.code();
    if (status == OK) {
      return;
    }
    String found = (status + " " + Excerpt.of(response.message(), SHOWN)).strip();
    String location = response.header("Location");
    if (status >= 300 && status < 400 && location != null) {
      throw new UnusableResponseException(
          "expected status 200, found the redirect "
              + found
              + " to \""
              + Excerpt.of(location, SHOWN)
              + "\", which senders must not follow (RFC 8461 §3.3); serve the policy at this"
              + " URL");
    }
    throw new UnusableResponseException(
        "expected status 200, found " + found + "; serve the policy at this URL",
        retryAfter(status, response));
  }

  private Optional<Duration> retryAfter(int status, Response response) {
    return status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE
        ? Optional.ofNullable(response.header("Retry-After"))
            .flatMap(value -> RetryAfter.parse(value, clock))
        : Optional.empty();
  }

  /**
   * RFC 8461 §3.2 choice: the media type SHOULD be checked, and we check it: parked domains and
   * default hosts serve an HTML page at every path, which is never a policy.
   */
  private static void checkMediaType(Response response) throws UnusableResponseException {
    List<String> types = response.headers("Content-Type");
    if (types.isEmpty() || !types.stream().allMatch(ResponseValidator::isTextPlain)) {
      String found =
          types.isEmpty() ? "none" : "\"" + Excerpt.of(String.join("\", \"", types), SHOWN) + "\"";
      throw new UnusableResponseException(
          "expected the media type text/plain, found "
              + found
              + "; serve the policy file as Content-Type: text/plain");
    }
  }

  /** Compares the type only: parameters are ignored, also the charset. RFC 8461 §3.2 */
  private static boolean isTextPlain(String contentType) {
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    return type.strip().equalsIgnoreCase("text/plain");
  }

  private static void checkContentEncoding(Response response) throws UnusableResponseException {
    for (String encoding : response.headers("Content-Encoding")) {
      if (!encoding.strip().equalsIgnoreCase("identity")) {
        throw new UnusableResponseException(
            "expected no Content-Encoding, as requested, found \""
                + Excerpt.of(encoding, SHOWN)
                + "\"; switch compression off for this file");
      }
    }
  }

  /** Reads the whole body or refuses it; never returns a part of it. */
  static byte[] body(Response response) throws IOException {
    ResponseBody body = response.body();
    if (body.contentLength() > OkHttpPolicyFetcher.MAX_POLICY_OCTETS) {
      throw tooLarge(body.contentLength() + " octets");
    }
    BufferedSource source = body.source();
    if (source.request(OkHttpPolicyFetcher.MAX_POLICY_OCTETS + 1L)) {
      throw tooLarge("more");
    }
    byte[] octets = source.readByteArray();
    checkEnd(response, octets);
    return octets;
  }

  /**
   * A body that ends with the connection can be truncated by anybody who can close the connection:
   * {@code max_age: 604800} becomes {@code max_age: 6}. If only the end of the connection marks the
   * end of the body, the last line must be complete.
   */
  private static void checkEnd(Response response, byte[] octets) throws UnusableResponseException {
    boolean framed =
        response.body().contentLength() >= 0
            || "chunked".equalsIgnoreCase(response.header("Transfer-Encoding"));
    if (!framed && (octets.length == 0 || octets[octets.length - 1] != '\n')) {
      throw new UnusableResponseException(
          "expected a Content-Length, chunks, or a line end at the end of the body, found none of"
              + " them, so the policy may be truncated; send a Content-Length");
    }
  }

  private static UnusableResponseException tooLarge(String found) {
    return new UnusableResponseException(
        "expected at most "
            + OkHttpPolicyFetcher.MAX_POLICY_OCTETS
            + " octets, found "
            + found
            + "; a policy needs only a few hundred");
  }
}
