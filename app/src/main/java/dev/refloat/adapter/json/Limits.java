package dev.refloat.adapter.json;

/// How much of one document is read before it is refused. All input is hostile until shown
/// otherwise: a file that a colleague sent, a chart's values, the answer of a server.
///
/// @param bytes of text, after decompression
/// @param depth of nesting; Kubernetes itself allows 10,000, real objects stay below 40
/// @param nodes objects, arrays and scalars together; a node costs about 40 bytes of memory
public record Limits(long bytes, int depth, long nodes) {

  private static final long MIB = 1024 * 1024;

  /// The deepest nesting that any limits may allow, as reading is recursive.
  public static final int MAX_DEPTH = 500;

  /// The longest single text. A Helm storage Secret has at most 1.4 million characters.
  public static final int MAX_TEXT = 32 * 1024 * 1024;

  /// One answer of an API server, or one file of a snapshot: 10,000 releases with all their objects
  /// are about 300 MB.
  public static final Limits CLUSTER = new Limits(2048 * MIB, 100, 60_000_000);

  /// One document that a person or a chart wrote.
  public static final Limits DOCUMENT = new Limits(32 * MIB, 100, 2_000_000);

  public Limits {
    if (bytes <= 0 || depth <= 0 || depth > MAX_DEPTH || nodes <= 0) {
      throw new IllegalArgumentException("limits out of range: " + bytes + ", " + depth);
    }
  }
}
