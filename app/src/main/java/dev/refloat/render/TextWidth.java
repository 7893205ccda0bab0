package dev.refloat.render;

import java.util.ArrayList;
import java.util.List;

/// How many columns text takes on a terminal, and how it is cut and wrapped to fit.
final class TextWidth {
  /// Room at the end of a line that is worth beginning a word in which must be broken anyway.
  private static final int LEAST_BESIDE = 20;

  private TextWidth() {}

  static int of(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      width += of(c);
      i += Character.charCount(c);
    }
    return width;
  }

  /// Wide: Hangul, Han, kana, full-width forms, emoji (Unicode Standard Annex 11, roughly).
  private static int of(int c) {
    if (c < 0x300) {
      return 1;
    }
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    return (c >= 0x1100 && c <= 0x115f)
            || (c >= 0x2e80 && c <= 0xa4cf)
            || (c >= 0xac00 && c <= 0xd7a3)
            || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f)
            || (c >= 0xff00 && c <= 0xff60)
            || (c >= 0x1f300 && c <= 0x1faff)
            || (c >= 0x20000 && c <= 0x3fffd)
        ? 2
        : 1;
  }

  static String pad(String text, int width) {
    int missing = width - of(text);
    return missing > 0 ? text + " ".repeat(missing) : text;
  }

  /// The text, cut to a width with the ellipsis at its end.
  static String cut(String text, int width, String ellipsis) {
    if (of(text) <= width) {
      return text;
    }
    int room = Math.max(0, width - of(ellipsis));
    int used = 0;
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (used + of(c) > room) {
        break;
      }
      used += of(c);
      i += Character.charCount(c);
    }
    return text.substring(0, i).stripTrailing() + ellipsis;
  }

  /// Breaks at spaces; a word longer than a line goes on in the next, so that nothing is lost. A
  /// width of 0 means no limit.
  static List<String> wrap(String text, int width) {
    if (width <= 0 || of(text) <= width) {
      return List.of(text);
    }
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int used = 0;
    for (String word : text.split(" ", -1)) {
      String rest = word;
      int needed = of(rest);
      if (used > 0) {
        boolean breaks = needed > width && width - used > LEAST_BESIDE;
        if (used + 1 + needed > width && !breaks) {
          lines.add(line.toString());
          line.setLength(0);
          used = 0;
        } else {
          line.append(' ');
          used++;
        }
      }
      while (used + needed > width) {
        int end = fitting(rest, width - used);
        lines.add(line + rest.substring(0, end));
        line.setLength(0);
        used = 0;
        rest = rest.substring(end);
        needed = of(rest);
      }
      line.append(rest);
      used += needed;
    }
    if (!line.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }

  private static int fitting(String text, int width) {
    int used = 0;
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (used + of(c) > width && i > 0) {
        return i;
      }
      used += of(c);
      i += Character.charCount(c);
    }
    return i;
  }
}
