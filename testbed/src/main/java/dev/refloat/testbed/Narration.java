package dev.refloat.testbed;

import java.io.PrintStream;
import java.time.Duration;

/// Tells a person who waits what the test bed is doing. Standard error, because standard output
/// belongs to the test runner's protocol.
final class Narration {
  private static final PrintStream OUT = System.err;

  private Narration() {}

  static void say(String line) {
    OUT.println("testbed: " + line);
    OUT.flush();
  }

  /// `75 s` becomes `1 min 15 s`.
  static String duration(Duration d) {
    long s = Math.max(1, d.toSeconds());
    return s < 60 ? s + " s" : s / 60 + " min " + s % 60 + " s";
  }
}
