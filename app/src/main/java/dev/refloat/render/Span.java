package dev.refloat.render;

/// A piece of text of one style.
public record Span(Style style, String text) {
  public static Span of(String text) {
    return new Span(Style.PLAIN, text);
  }

  public static Span bold(String text) {
    return new Span(Style.BOLD, text);
  }

  public static Span dim(String text) {
    return new Span(Style.DIM, text);
  }
}
