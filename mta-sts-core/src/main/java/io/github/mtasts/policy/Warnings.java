package io.github.mtasts.policy;

import java.util.ArrayList;
import java.util.List;

/** Collects what was forgiven; a file that is nothing but flaws must not become a flood of text. */
final class Warnings {
  private static final int LIMIT = 20;

  private final List<String> warnings = new ArrayList<>();
  private int dropped;

  void add(String warning) {
    if (warnings.size() < LIMIT) {
      warnings.add(warning);
    } else {
      dropped++;
    }
  }

  List<String> list() {
    if (dropped == 0) {
      return List.copyOf(warnings);
    }
    List<String> all = new ArrayList<>(warnings);
    all.add(dropped + " more like these");
    return List.copyOf(all);
  }
}
