package dev.refloat.adapter.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// How a YAML document is written: the nodes with the text that each takes. Unlike [YamlNode], an
/// alias stays an alias.
sealed interface Syntax {

  Extent extent();

  /// Where a node lies.
  ///
  /// @param start offset of its first character, an anchor or tag included
  /// @param end offset behind its last character; the trailing line break and comments are outside
  /// @param line from 0
  /// @param column from 0
  /// @param decoration `an anchor`, `a tag`, or nothing
  record Extent(int start, int end, int line, int column, String decoration) {}

  /// A scalar.
  record Scalar(Extent extent, ScalarStyle style, String value) implements Syntax {
    boolean block() {
      return style == ScalarStyle.LITERAL || style == ScalarStyle.FOLDED;
    }

    boolean isNull() {
      return style == ScalarStyle.PLAIN
          && Scalars.resolve(value, true, "") instanceof dev.refloat.model.Json.Null;
    }
  }

  /// An alias.
  record Alias(Extent extent) implements Syntax {}

  /// A sequence.
  record Sequence(Extent extent, boolean flow, List<Syntax> items) implements Syntax {}

  /// A mapping.
  record Mapping(Extent extent, boolean flow, List<Entry> entries) implements Syntax {
    Optional<Entry> find(String name) {
      return entries.stream()
          .filter(e -> e.key() instanceof Scalar s && s.value().equals(name) && !e.merge())
          .findFirst();
    }

    boolean merges() {
      return entries.stream().anyMatch(Entry::merge);
    }
  }

  /// A field of a mapping.
  record Entry(Syntax key, Syntax value) {
    boolean merge() {
      return key instanceof Scalar s && s.style() == ScalarStyle.PLAIN && s.value().equals("<<");
    }
  }

  /// The roots of the documents that are not empty. The text has passed [Composer] before, which
  /// bounds depth and size.
  static List<Syntax> documents(String text) {
    return new Reader(text).read();
  }

  /// Builds the nodes from the parser's events.
  final class Reader {
    private final String text;
    private final ParserImpl events;
    private final int @Nullable [] offsets;

    private Reader(String text) {
      this.text = text;
      LoadSettings settings = LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
      this.events = new ParserImpl(settings, new StreamReader(settings, text));
      // Marks count code points.
      this.offsets = text.codePointCount(0, text.length()) == text.length() ? null : offsets(text);
    }

    private static int[] offsets(String text) {
      int[] out = new int[text.codePointCount(0, text.length()) + 1];
      int at = 0;
      for (int i = 0; i < out.length; i++) {
        out[i] = at;
        at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 0;
      }
      return out;
    }

    private List<Syntax> read() {
      List<Syntax> roots = new ArrayList<>();
      while (events.hasNext()) {
        if (events.next().getEventId() == Event.ID.DocumentStart) {
          Syntax root = node(events.next());
          if (!(root instanceof Scalar s && s.value().isEmpty())) {
            roots.add(root);
          }
        }
      }
      return roots;
    }

    private Syntax node(Event event) {
      Mark from = event.getStartMark().orElseThrow();
      int start = offset(from);
      int end = offset(event.getEndMark().orElseThrow());
      String decoration =
          event instanceof NodeEvent n && n.getAnchor().isPresent() ? "an anchor" : "";
      return switch (event) {
        case AliasEvent _ ->
            new Alias(new Extent(start, end, from.getLine(), from.getColumn(), ""));
        case ScalarEvent s -> {
          String shown = decoration.isEmpty() && s.getTag().isPresent() ? "a tag" : decoration;
          boolean block = s.isLiteral() || s.isFolded();
          yield new Scalar(
              new Extent(
                  start,
                  block ? blockEnd(start, end) : end,
                  from.getLine(),
                  from.getColumn(),
                  shown),
              s.getScalarStyle(),
              s.getValue());
        }
        case CollectionStartEvent c -> {
          String shown = decoration.isEmpty() && c.getTag().isPresent() ? "a tag" : decoration;
          yield collection(c, start, from, shown);
        }
        default -> throw new IllegalStateException("no node: " + event.getEventId());
      };
    }

    private Syntax collection(CollectionStartEvent c, int start, Mark from, String decoration) {
      List<Syntax> nodes = new ArrayList<>();
      Event e = events.next();
      while (e.getEventId() != Event.ID.SequenceEnd && e.getEventId() != Event.ID.MappingEnd) {
        nodes.add(node(e));
        e = events.next();
      }
      // Where a block collection ends, the parser only knows when it sees what comes after.
      int end =
          c.isFlow() || nodes.isEmpty()
              ? offset(e.getEndMark().orElseThrow())
              : nodes.getLast().extent().end();
      Extent extent = new Extent(start, end, from.getLine(), from.getColumn(), decoration);
      if (!(c instanceof MappingStartEvent)) {
        return new Sequence(extent, c.isFlow(), List.copyOf(nodes));
      }
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < nodes.size(); i += 2) {
        entries.add(new Entry(nodes.get(i), nodes.get(i + 1)));
      }
      return new Mapping(extent, c.isFlow(), List.copyOf(entries));
    }

    /// The end of a block scalar's last line. Blank lines below belong to it only when its header
    /// keeps them (`+`).
    private int blockEnd(int start, int seen) {
      int header = Lines.end(text, start);
      String indicators = text.substring(start, header);
      int comment = indicators.indexOf('#');
      int end = Math.min(seen, text.length());
      int last = end;
      while (last > header && Character.isWhitespace(text.charAt(last - 1))) {
        last--;
      }
      if ((comment < 0 ? indicators : indicators.substring(0, comment)).indexOf('+') >= 0) {
        int lineStart = Lines.start(text, end);
        int kept = end == text.length() && lineStart < end ? end : lineStart - 1;
        if (kept > 0
            && kept < text.length()
            && text.charAt(kept) == '\n'
            && text.charAt(kept - 1) == '\r') {
          kept--;
        }
        return Math.max(Lines.end(text, last), kept);
      }
      return last <= header ? header : Lines.end(text, last);
    }

    private int offset(Mark mark) {
      return offsets == null ? mark.getIndex() : offsets[mark.getIndex()];
    }
  }
}
