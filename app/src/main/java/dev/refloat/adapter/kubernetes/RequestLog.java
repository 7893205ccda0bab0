package dev.refloat.adapter.kubernetes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Counts what was asked of the API server: for `--debug`, for benchmarks, and for the rule "a
/// fixed
/// number of lists plus at most five requests for each failing release". Safe for use by many
/// requests at
/// once.
public final class RequestLog {

  /// Enough for a look at a run; the counts go on beyond it.
  private static final int MAX_ENTRIES = 5_000;

  /// What a request is for.
  public enum Purpose {
    /// A page of a list.
    LIST,
    /// One object.
    GET,
    LOG,
    DISCOVERY,
    WATCH,
    WRITE
  }

  /// One request that was sent.
  ///
  /// @param path without the query
  /// @param status of HTTP; 0 when there was no answer
  /// @param bytes as they came over the wire, compressed or not
  /// @param millis from the request to the end of the body
  /// @param attempt from 1; more are retries
  public record Entry(
      Purpose purpose, String path, int status, long bytes, long millis, int attempt) {}

  private final Map<Purpose, LongAdder> counts = new ConcurrentHashMap<>();
  private final LongAdder retries = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final ConcurrentLinkedQueue<Entry> entries = new ConcurrentLinkedQueue<>();
  private final AtomicInteger kept = new AtomicInteger();

  void add(Entry entry) {
    counts.computeIfAbsent(entry.purpose(), _ -> new LongAdder()).increment();
    bytes.add(entry.bytes());
    if (entry.attempt() > 1) {
      retries.increment();
    }
    if (kept.incrementAndGet() <= MAX_ENTRIES) {
      entries.add(entry);
    }
  }

  /// All requests that were sent, retries included.
  public long total() {
    return counts.values().stream().mapToLong(LongAdder::sum).sum();
  }

  public long count(Purpose purpose) {
    LongAdder count = counts.get(purpose);
    return count == null ? 0 : count.sum();
  }

  public long retries() {
    return retries.sum();
  }

  /// Bytes of bodies as they came over the wire.
  public long bytes() {
    return bytes.sum();
  }

  /// The first requests, in the order in which they ended.
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /// Lines for `--debug`: the sums, then the slowest requests.
  public List<String> summary() {
    List<String> lines = new ArrayList<>();
    Map<Purpose, Long> sorted = new TreeMap<>();
    counts.forEach((p, n) -> sorted.put(p, n.sum()));
    StringBuilder sums = new StringBuilder();
    sorted.forEach(
        (p, n) ->
            sums.append(", ")
                .append(n)
                .append(' ')
                .append(p.name().toLowerCase(java.util.Locale.ROOT)));
    lines.add(
        "%d requests (%s), %d retries, %d KiB received"
            .formatted(
                total(),
                sums.isEmpty() ? "none" : sums.substring(2),
                retries(),
                (bytes() + 1023) / 1024));
    entries.stream()
        .sorted(Comparator.comparingLong(Entry::millis).reversed())
        .limit(10)
        .forEach(
            e ->
                lines.add(
                    "%6d ms %4d %8d B %s%s"
                        .formatted(
                            e.millis(),
                            e.status(),
                            e.bytes(),
                            e.path(),
                            e.attempt() > 1 ? " (attempt " + e.attempt() + ")" : "")));
    return lines;
  }
}
