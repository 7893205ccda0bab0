package dev.refloat.render;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// The one edge that text from clusters, files and registries passes before it is printed: secrets
/// are masked, and what would steer a terminal or reverse the reading order is taken out.
///
/// Whoever can write an event message or a log line could otherwise move the cursor, hide text,
/// change the window title or fill the clipboard of the person who reads the diagnosis.
public final class Edge {
  private static final char ESC = '\u001b';

  private final UnaryOperator<String> mask;

  /// @param mask replaces secrets; must leave everything else as it is
  public Edge(UnaryOperator<String> mask) {
    this.mask = mask;
  }

  /// An edge that masks nothing, for text that holds no secrets by its making.
  public static Edge unmasked() {
    return new Edge(UnaryOperator.identity());
  }

  /// The text as one line: line breaks and tabs become spaces.
  public String line(String text) {
    return clean(mask.apply(text), false);
  }

  /// The text line by line, without empty lines at its end.
  public List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    clean(mask.apply(text), true).lines().map(String::stripTrailing).forEach(lines::add);
    while (!lines.isEmpty() && lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return lines;
  }

  /// The text with its secrets masked and nothing else changed, for formats that escape by
  /// themselves.
  public String masked(String text) {
    return mask.apply(text);
  }

  /// Whether a code point must not reach a terminal: C0 and C1 controls, DEL, marks that change the
  /// direction of text, invisible and tag characters, line separators, lone surrogates.
  static boolean unsafe(int c) {
    return c < 0x20
        || (c >= 0x7f && c <= 0x9f)
        || c == 0x61c
        || c == 0x200b
        || c == 0x200e
        || c == 0x200f
        || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f)
        || (c >= 0xd800 && c <= 0xdfff)
        || c == 0xfeff
        || (c >= 0xfff9 && c <= 0xfffb)
        || (c >= 0xe0000 && c <= 0xe007f);
  }

  private static String clean(String text, boolean keepBreaks) {
    if (text.codePoints().noneMatch(Edge::unsafe)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      int width = Character.charCount(c);
      if (!unsafe(c)) {
        out.appendCodePoint(c);
        i += width;
      } else if (c == '\n' && keepBreaks) {
        out.append('\n');
        i++;
      } else if (c == '\n' || c == '\r' || c == '\t' || c == 0x2028 || c == 0x2029) {
        if (c != '\r' || !keepBreaks) {
          out.append(' ');
        }
        i += width;
      } else if (c == ESC || c == 0x9b || c == 0x9d || c == 0x90 || c == 0x98 || c == 0x9e) {
        i = afterSequence(text, i);
      } else if (c >= 0xd800 && c <= 0xdfff) {
        out.append('\ufffd');
        i += width;
      } else {
        i += width;
      }
    }
    return keepBreaks ? out.toString() : out.toString().strip();
  }

  /// The index behind the escape sequence that starts here (ECMA-48). A sequence without an end
  /// loses its introducer only, so that it cannot swallow the rest of the text.
  private static int afterSequence(String text, int start) {
    char first = text.charAt(start);
    int i = start + 1;
    char kind;
    if (first == ESC) {
      if (i >= text.length()) {
        return i;
      }
      kind = text.charAt(i++);
    } else {
      // The 8-bit forms stand for ESC and the character 0x40 below.
      kind = (char) (first - 0x40);
    }
    return switch (kind) {
      case '[' -> {
        while (i < text.length() && text.charAt(i) >= 0x20 && text.charAt(i) <= 0x3f) {
          i++;
        }
        yield i < text.length() && text.charAt(i) >= 0x40 && text.charAt(i) <= 0x7e ? i + 1 : i;
      }
      case ']', 'P', 'X', '^', '_' -> {
        for (int j = i; j < text.length(); j++) {
          char c = text.charAt(j);
          if (c == '\u0007' || c == '\u009c') {
            yield j + 1;
          }
          if (c == ESC && j + 1 < text.length() && text.charAt(j + 1) == '\\') {
            yield j + 2;
          }
          if (c == '\n') {
            yield i;
          }
        }
        yield i;
      }
      default -> {
        // Intermediate bytes, then one final byte: character sets, cursor keys, reset.
        int j = i - 1;
        while (j < text.length() && text.charAt(j) >= 0x20 && text.charAt(j) <= 0x2f) {
          j++;
        }
        yield j < text.length() && text.charAt(j) >= 0x30 && text.charAt(j) <= 0x7e ? j + 1 : j;
      }
    };
  }
}
