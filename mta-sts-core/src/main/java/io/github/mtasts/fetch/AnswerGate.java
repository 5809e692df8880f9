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
 * Lets only an answer pass that can be a policy. RFC 8461 §3.3
 *
 * <p>It stands next to the network, inside the HTTP client's own handling of redirects and repeats,
 * and ends the call by an exception: what is refused here is followed by no second request. (By
 * itself the client would repeat a 408, and a 503 with {@code Retry-After: 0}.) Immutable, hence
 * thread-safe.
 */
final class AnswerGate implements Interceptor {
  private static final int SHOWN = 120;
  private static final int OK = 200;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVICE_UNAVAILABLE = 503;

  private final InstantSource clock;

  AnswerGate(InstantSource clock) {
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
    } catch (UnusableAnswer e) {
      chain.call().cancel(); // first, for closing alone would read on in hope of reuse
      response.close();
      throw e;
    }
  }

  private void checkStatus(Response response) throws UnusableAnswer {
    int status = response.code();
    if (status == OK) {
      return;
    }
    String found = (status + " " + Excerpt.of(response.message(), SHOWN)).strip();
    String location = response.header("Location");
    if (status >= 300 && status < 400 && location != null) {
      throw new UnusableAnswer(
          "expected status 200, found the redirect "
              + found
              + " to \""
              + Excerpt.of(location, SHOWN)
              + "\", which senders must not follow (RFC 8461 §3.3); serve the policy at this very"
              + " URL");
    }
    throw new UnusableAnswer(
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
   * RFC 8461 §3.2 choice: the media type SHOULD be checked, and is: an HTML page, as a parked or
   * default host serves it for any path, is no policy whatever stands in it.
   */
  private static void checkMediaType(Response response) throws UnusableAnswer {
    List<String> types = response.headers("Content-Type");
    if (types.isEmpty() || !types.stream().allMatch(AnswerGate::isTextPlain)) {
      String found =
          types.isEmpty() ? "none" : "\"" + Excerpt.of(String.join("\", \"", types), SHOWN) + "\"";
      throw new UnusableAnswer(
          "expected the media type text/plain, found "
              + found
              + "; have the policy file served as Content-Type: text/plain");
    }
  }

  /** Compares the type alone: parameters are ignored, charset as well. RFC 8461 §3.2 */
  private static boolean isTextPlain(String contentType) {
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    return type.strip().equalsIgnoreCase("text/plain");
  }

  private static void checkContentEncoding(Response response) throws UnusableAnswer {
    for (String encoding : response.headers("Content-Encoding")) {
      if (!encoding.strip().equalsIgnoreCase("identity")) {
        throw new UnusableAnswer(
            "expected no Content-Encoding, as the request asks, found \""
                + Excerpt.of(encoding, SHOWN)
                + "\"; switch compression off for this file");
      }
    }
  }

  /** Reads the whole body, or refuses it; never a part of it. */
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
   * A body that ends with the connection can be cut short by whoever can cut the connection, and
   * {@code max_age: 604800} then reads {@code max_age: 6}. Where nothing but the end of the
   * connection tells the length, the last line has to be a whole one.
   */
  private static void checkEnd(Response response, byte[] octets) throws UnusableAnswer {
    boolean framed =
        response.body().contentLength() >= 0
            || "chunked".equalsIgnoreCase(response.header("Transfer-Encoding"));
    if (!framed && (octets.length == 0 || octets[octets.length - 1] != '\n')) {
      throw new UnusableAnswer(
          "expected a Content-Length, chunks, or a line end at the end of the body, found none of"
              + " them, so that the policy may have been cut short; send a Content-Length");
    }
  }

  private static UnusableAnswer tooLarge(String found) {
    return new UnusableAnswer(
        "expected at most "
            + OkHttpPolicyFetcher.MAX_POLICY_OCTETS
            + " octets, found "
            + found
            + "; a policy needs a few hundred");
  }
}
