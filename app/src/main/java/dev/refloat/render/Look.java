package dev.refloat.render;

/// How text may look where it is going.
///
/// @param color whether styles become escape sequences
/// @param unicode false: ASCII only
/// @param width columns of the terminal; 0 when it has no limit, as for files and pipes
public record Look(boolean color, boolean unicode, int width) {
  private static final int NARROWEST = 40;

  public Look {
    width = width <= 0 ? 0 : Math.max(width, NARROWEST);
  }

  /// For files and pipes.
  public static Look plain() {
    return new Look(false, true, 0);
  }

  String bad() {
    return unicode ? "✗" : "x";
  }

  String good() {
    return unicode ? "✔" : "+";
  }

  String waiting() {
    return unicode ? "◎" : "o";
  }

  String ellipsis() {
    return unicode ? "…" : "...";
  }

  String bullet() {
    return unicode ? "•" : "-";
  }

  String dot() {
    return unicode ? "·" : "-";
  }

  String bar() {
    return unicode ? "│" : "|";
  }
}
