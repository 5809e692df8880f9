package io.github.mtasts.examples.lab;

import java.util.List;

/**
 * Plays every scenario, each in an internet of its own, and tells an audience.
 *
 * <p>Not for use by several threads.
 */
public final class Lab {
  /** What somebody who has never heard of MTA-STS has to know first. */
  public static final String INTRODUCTION =
      """
      Mail travels from server to server. The sender asks DNS for the recipient's MX host, connects
      to it, and encrypts if the other side says that it can (STARTTLS). Whoever sits on the path
      can keep the other side from saying so, or answer in its place with any certificate at all:
      the sender cannot know better, and hands over the mail.

      With MTA-STS the recipient's domain tells it: a TXT record in DNS says that there is a policy,
      and the policy, fetched over HTTPS from a host that has to prove who it is, lists the genuine
      MX hosts, asks for TLS that proves the same, and says for how long to remember that. Now the
      attacker is too late: what the sender remembers, nobody on the path can take away.

      Below, one message at a time is sent through a small internet inside this process.""";

  /** Hears the story. */
  public interface Audience {
    /** A chapter begins. */
    void chapter(Chapter chapter);

    /** A scenario has ended. */
    void scenario(Played played);
  }

  private final Authorities authorities = new Authorities();

  /**
   * Plays everything.
   *
   * @param audience hears each scenario as it ends
   * @return how many scenarios there were, and how many ended otherwise than expected
   */
  public Score play(Audience audience) {
    int played = 0;
    int failed = 0;
    for (Chapter chapter : chapters()) {
      audience.chapter(chapter);
      for (Scenario scenario : chapter.scenarios()) {
        Played ended = play(scenario);
        audience.scenario(ended);
        played++;
        failed += ended.ok() ? 0 : 1;
      }
    }
    return new Score(played, failed);
  }

  /** Returns the whole story, unplayed. */
  public static List<Chapter> chapters() {
    return List.of(
        OrdinaryLife.chapter(),
        Attacks.underEnforce(),
        Attacks.inTesting(),
        Memory.chapter(),
        FirstContact.chapter(),
        ManyHosts.chapter());
  }

  Played play(Scenario scenario) {
    try (Internet internet = new Internet(authorities)) {
      String domain = scenario.play().prepare(internet);
      return Played.of(scenario, internet.send(domain));
    } catch (Exception e) {
      return Played.broken(scenario, e);
    }
  }

  /**
   * How it went.
   *
   * @param played how many scenarios were played
   * @param failed how many of them ended otherwise than expected
   */
  public record Score(int played, int failed) {}
}
