package io.github.mtasts.examples.lab;

import java.util.List;

/**
 * One message sent, or not.
 *
 * @param outcome what became of it
 * @param journal what the sender saw on the way
 */
record Sending(Outcome outcome, List<String> journal) {
  Sending {
    journal = List.copyOf(journal);
  }
}
