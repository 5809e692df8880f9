// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.refresh;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One renewal at a time for each address of a policy host: ten thousand policies at one provider
 * are fetched one after the other. Thread-safe.
 */
final class HostTurns {
  /** Who finds so many waiting for an address is turned away, and comes again at the next sweep. */
  private static final int MOST_WAITING = 1_000;

  /** A renewal and the addresses that it needs. */
  record Errand(String domain, Set<InetAddress> addresses) {
    Errand {
      addresses = Set.copyOf(addresses);
    }
  }

  /** What is to become of an errand. */
  enum Turn {
    NOW,
    LATER,
    TURNED_AWAY
  }

  private final Set<InetAddress> busy = new HashSet<>();
  private final Map<InetAddress, Deque<Errand>> queues = new HashMap<>();

  /** Takes the addresses, all or none; if one is taken, the errand waits for it. */
  synchronized Turn take(Errand errand) {
    Optional<InetAddress> taken = taken(errand);
    if (taken.isPresent() && waiting(taken.get()) >= MOST_WAITING) {
      return Turn.TURNED_AWAY;
    }
    return begin(errand, taken) ? Turn.NOW : Turn.LATER;
  }

  /** Gives addresses back; returns the errands that may start now, and have theirs already. */
  synchronized List<Errand> giveBack(Errand done) {
    busy.removeAll(done.addresses());
    List<Errand> ready = new ArrayList<>();
    for (InetAddress address : done.addresses()) {
      next(address).ifPresent(ready::add);
    }
    return ready;
  }

  private Optional<InetAddress> taken(Errand errand) {
    return errand.addresses().stream().filter(busy::contains).findFirst();
  }

  private boolean begin(Errand errand, Optional<InetAddress> taken) {
    if (taken.isPresent()) {
      queues.computeIfAbsent(taken.get(), address -> new ArrayDeque<>()).add(errand);
      return false;
    }
    busy.addAll(errand.addresses());
    return true;
  }

  private int waiting(InetAddress address) {
    Deque<Errand> queue = queues.get(address);
    return queue == null ? 0 : queue.size();
  }

  private Optional<Errand> next(InetAddress address) {
    while (!busy.contains(address) && waiting(address) > 0) {
      Errand first = remove(address);
      if (begin(first, taken(first))) {
        return Optional.of(first);
      }
      // It has another address that is taken, and waits for that one now.
    }
    return Optional.empty();
  }

  private Errand remove(InetAddress address) {
    Deque<Errand> queue = Objects.requireNonNull(queues.get(address));
    Errand first = queue.remove();
    if (queue.isEmpty()) {
      queues.remove(address);
    }
    return first;
  }
}
