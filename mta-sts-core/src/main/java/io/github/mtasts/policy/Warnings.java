// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.util.ArrayList;
import java.util.List;

/** Collects warnings, at most 20 and then a count, so that a bad file cannot flood the log. */
final class Warnings {
  private static final int LIMIT = 20;

  private final List<String> warnings = new ArrayList<>();
  private int omitted;

  void add(String warning) {
    if (warnings.size() < LIMIT) {
      warnings.add(warning);
    } else {
      omitted++;
    }
  }

  List<String> list() {
    if (omitted == 0) {
      return List.copyOf(warnings);
    }
    List<String> all = new ArrayList<>(warnings);
    all.add(omitted + " more like these");
    return List.copyOf(all);
  }
}
