// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.PolicyCacheAdmin.Progress;
import io.github.mtasts.decision.Resolution;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Looks up many domains at a limited rate. */
final class WarmUp {
  private final PolicyResolver resolver;
  private final List<String> domains;
  private final long pauseNanos;
  private final int mostLookups;
  private final Semaphore permits;
  private final Consumer<Progress> progress;
  private int done;

  WarmUp(
      PolicyResolver resolver,
      List<String> domains,
      int perSecond,
      int mostLookups,
      Consumer<Progress> progress) {
    this.resolver = resolver;
    this.domains = List.copyOf(domains);
    this.pauseNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.mostLookups = mostLookups;
    this.permits = new Semaphore(mostLookups);
    this.progress = progress;
  }

  void run() {
    try {
      long next = System.nanoTime();
      for (String domain : domains) {
        TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
        next = Math.max(next, System.nanoTime() - pauseNanos) + pauseNanos;
        permits.acquire();
        var unused =
            resolver
                .resolveAsync(domain)
                .whenComplete((resolution, failure) -> report(domain, resolution));
      }
      permits.acquire(mostLookups);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void report(String domain, Resolution resolution) {
    try {
      done++;
      progress.accept(new Progress(done, domains.size(), domain, resolution));
    } finally {
      permits.release();
    }
  }
}
