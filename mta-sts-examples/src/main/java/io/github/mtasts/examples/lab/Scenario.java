package io.github.mtasts.examples.lab;

/**
 * One thing that can happen to a message.
 *
 * @param name a short name
 * @param plot what happens, for somebody who has never heard of MTA-STS
 * @param expected what should become of the message
 * @param play sets the stage and sends the message
 */
public record Scenario(String name, String plot, Outcome expected, Play play) {

  /** Sets the stage, and says to which domain the message goes. */
  @FunctionalInterface
  public interface Play {
    /**
     * Plays the scenario up to the message that counts.
     *
     * @param internet a fresh internet
     * @return the recipient's domain
     * @throws Exception if the stage breaks
     */
    String prepare(Internet internet) throws Exception;
  }
}
