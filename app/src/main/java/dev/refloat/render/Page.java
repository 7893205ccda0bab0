package dev.refloat.render;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Where text goes: every piece passes the [Edge], then gets its style.
public final class Page {
  private final Appendable out;
  private final Look look;
  private final Edge edge;

  public Page(Appendable out, Look look, Edge edge) {
    this.out = out;
    this.look = look;
    this.edge = edge;
  }

  /// The same without colours and without a limit to the width, for formats that have their own
  /// layout.
  public Page unlimited() {
    return new Page(out, new Look(false, look.unicode(), 0), edge);
  }

  public Look look() {
    return look;
  }

  Edge edge() {
    return edge;
  }

  /// One line of styled pieces.
  public Page line(Span... spans) {
    return line(List.of(spans));
  }

  public Page line(List<Span> spans) {
    StringBuilder line = new StringBuilder();
    int last = spans.size() - 1;
    while (last >= 0 && spans.get(last).text().isBlank()) {
      last--;
    }
    for (int i = 0; i <= last; i++) {
      Span span = spans.get(i);
      String text = keepingSpaces(span.text());
      if (i == last) {
        text = text.stripTrailing();
      }
      line.append(look.color() ? span.style().around(text) : text);
    }
    return put(line.append('\n'));
  }

  /// One line of plain text.
  public Page line(String text) {
    return line(Span.of(text));
  }

  public Page blank() {
    return put("\n");
  }

  /// A heading above a block.
  public Page heading(String text) {
    return line(Span.bold(text));
  }

  /// A text that wraps at the width; the lines after the first are indented by `hanging`.
  public Page wrapped(Style style, String indent, String hanging, String text) {
    String clean = edge.line(text);
    int room = look.width() == 0 ? 0 : Math.max(20, look.width() - TextWidth.of(hanging));
    String prefix = indent;
    for (String part : TextWidth.wrap(clean, room)) {
      put(prefix).put(look.color() ? style.around(part) : part).put("\n");
      prefix = hanging;
    }
    return this;
  }

  /// Lines in columns; the last column is cut at the width, or wraps when `wrapLast` is set.
  public Page columns(String indent, int gap, boolean wrapLast, List<List<Span>> rows) {
    List<List<Span>> cleaned = new ArrayList<>();
    List<Integer> widths = new ArrayList<>();
    for (List<Span> row : rows) {
      List<Span> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        Span cell = new Span(row.get(i).style(), edge.line(row.get(i).text()));
        cells.add(cell);
        if (i == widths.size()) {
          widths.add(0);
        }
        if (i < row.size() - 1) {
          widths.set(i, Math.max(widths.get(i), TextWidth.of(cell.text())));
        }
      }
      cleaned.add(cells);
    }
    for (List<Span> row : cleaned) {
      put(row(indent, gap, wrapLast, row, widths));
    }
    return this;
  }

  private CharSequence row(
      String indent, int gap, boolean wrapLast, List<Span> row, List<Integer> widths) {
    StringBuilder line = new StringBuilder(indent);
    int used = TextWidth.of(indent);
    int last = row.size() - 1;
    while (last > 0 && row.get(last).text().isEmpty()) {
      last--;
    }
    for (int i = 0; i < last; i++) {
      Span cell = row.get(i);
      line.append(styled(cell.style(), cell.text()));
      line.append(" ".repeat(widths.get(i) - TextWidth.of(cell.text()) + gap));
      used += widths.get(i) + gap;
    }
    Span cell = row.get(last);
    if (look.width() == 0) {
      line.append(styled(cell.style(), cell.text()));
      return line.append('\n');
    }
    int room = look.width() - used;
    if (!wrapLast) {
      String text = TextWidth.cut(cell.text(), Math.max(room, 12), look.ellipsis());
      return line.append(styled(cell.style(), text)).append('\n');
    }
    String hanging = " ".repeat(used);
    if (room < 30) {
      // Too narrow beside the other columns: below them, a little further in.
      hanging = indent + "    ";
      room = Math.max(20, look.width() - hanging.length());
      while (!line.isEmpty() && line.charAt(line.length() - 1) == ' ') {
        line.setLength(line.length() - 1);
      }
      line.append('\n').append(hanging);
    }
    String prefix = "";
    for (String part : TextWidth.wrap(cell.text(), room)) {
      line.append(prefix).append(styled(cell.style(), part)).append('\n');
      prefix = hanging;
    }
    return line;
  }

  private String styled(Style style, String text) {
    return look.color() ? style.around(text) : text;
  }

  /// The edge takes the spaces around a text away; here they are layout.
  private String keepingSpaces(String text) {
    if (text.isBlank()) {
      return text;
    }
    int from = 0;
    while (text.charAt(from) == ' ') {
      from++;
    }
    int to = text.length();
    while (text.charAt(to - 1) == ' ') {
      to--;
    }
    return text.substring(0, from) + edge.line(text.substring(from, to)) + text.substring(to);
  }

  private Page put(CharSequence text) {
    try {
      out.append(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }
}
