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
 * One renewal at a time for each address of a policy host: the policies of a large provider are
 * fetched one after the other. Thread-safe.
 */
final class HostTurns {
  /** Renewals beyond this number for an address are refused; the next sweep tries them again. */
  private static final int MAX_WAITING = 1_000;

  /** The renewal of a domain and the addresses of its policy host. */
  record Renewal(String domain, Set<InetAddress> addresses) {
    Renewal {
      addresses = Set.copyOf(addresses);
    }
  }

  /** When a renewal may run. */
  enum Turn {
    NOW,
    LATER,
    REFUSED
  }

  private final Set<InetAddress> busy = new HashSet<>();
  private final Map<InetAddress, Deque<Renewal>> queues = new HashMap<>();

  /** Acquires all addresses or none; if one is busy, the renewal waits for it. */
  synchronized Turn acquire(Renewal renewal) {
    Optional<InetAddress> busyAddress = firstBusy(renewal);
    if (busyAddress.isPresent() && waiting(busyAddress.get()) >= MAX_WAITING) {
      return Turn.REFUSED;
    }
    return acquireOrQueue(renewal, busyAddress) ? Turn.NOW : Turn.LATER;
  }

  /** Releases addresses; returns the renewals that may start now, their addresses acquired. */
  synchronized List<Renewal> release(Renewal done) {
    busy.removeAll(done.addresses());
    List<Renewal> ready = new ArrayList<>();
    for (InetAddress address : done.addresses()) {
      next(address).ifPresent(ready::add);
    }
    return ready;
  }

  private Optional<InetAddress> firstBusy(Renewal renewal) {
    return renewal.addresses().stream().filter(busy::contains).findFirst();
  }

  private boolean acquireOrQueue(Renewal renewal, Optional<InetAddress> busyAddress) {
    if (busyAddress.isPresent()) {
      queues.computeIfAbsent(busyAddress.get(), address -> new ArrayDeque<>()).add(renewal);
      return false;
    }
    busy.addAll(renewal.addresses());
    return true;
  }

  private int waiting(InetAddress address) {
    Deque<Renewal> queue = queues.get(address);
    return queue == null ? 0 : queue.size();
  }

  private Optional<Renewal> next(InetAddress address) {
    while (!busy.contains(address) && waiting(address) > 0) {
      Renewal first = remove(address);
      if (acquireOrQueue(first, firstBusy(first))) {
        return Optional.of(first);
      }
      // Another of its addresses is busy: it waits for that one now.
    }
    return Optional.empty();
  }

  private Renewal remove(InetAddress address) {
    Deque<Renewal> queue = Objects.requireNonNull(queues.get(address));
    Renewal first = queue.remove();
    if (queue.isEmpty()) {
      queues.remove(address);
    }
    return first;
  }
}
