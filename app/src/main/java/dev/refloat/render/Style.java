package dev.refloat.render;

/// The few looks that text can have. Colour carries no meaning that the words do not carry too.
public enum Style {
  PLAIN(""),
  BOLD("1"),
  DIM("2"),
  RED("31"),
  GREEN("32"),
  YELLOW("33"),
  CYAN("36"),
  BOLD_RED("1;31");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  String around(String text) {
    return code.isEmpty() || text.isBlank() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
