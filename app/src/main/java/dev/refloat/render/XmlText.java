package dev.refloat.render;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Writes XML 1.0, indented. Texts pass the [Edge], then lose what XML cannot carry.
final class XmlText {
  private final Appendable out;
  private final Edge edge;
  private final Deque<String> open = new ArrayDeque<>();
  private boolean inTag;

  XmlText(Appendable out, Edge edge) {
    this.out = out;
    this.edge = edge;
    put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  }

  XmlText start(String element) {
    closeTag();
    put("  ".repeat(open.size()) + "<" + element);
    open.push(element);
    inTag = true;
    return this;
  }

  XmlText attribute(String name, String value) {
    if (!inTag) {
      throw new IllegalStateException("attributes come before what is inside");
    }
    put(" " + name + "=\"" + escaped(edge.line(value)) + "\"");
    return this;
  }

  XmlText attribute(String name, long value) {
    return attribute(name, Long.toString(value));
  }

  /// An element with text lines.
  XmlText text(String element, String text) {
    start(element);
    put(">" + escaped(String.join("\n", edge.lines(text))) + "</" + open.pop() + ">\n");
    inTag = false;
    return this;
  }

  XmlText end() {
    if (inTag) {
      open.pop();
      put("/>\n");
      inTag = false;
    } else {
      String element = open.pop();
      put("  ".repeat(open.size()) + "</" + element + ">\n");
    }
    return this;
  }

  private void closeTag() {
    if (inTag) {
      put(">\n");
      inTag = false;
    }
  }

  private static String escaped(String text) {
    StringBuilder s = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> s.append("&amp;");
                case '<' -> s.append("&lt;");
                case '>' -> s.append("&gt;");
                case '"' -> s.append("&quot;");
                default -> {
                  if (c == '\n' || (c >= 0x20 && c <= 0x7e)) {
                    s.appendCodePoint(c);
                  } else if (c >= 0xa0 && c != 0xfffe && c != 0xffff) {
                    // whatever the encoding of the stream
                    s.append("&#").append(c).append(';');
                  }
                }
              }
            });
    return s.toString();
  }

  private void put(String text) {
    try {
      out.append(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
