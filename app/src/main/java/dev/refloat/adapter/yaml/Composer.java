package dev.refloat.adapter.yaml;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// Builds nodes from the events of the YAML parser. It does by itself what the library's composer
/// does, because it must stop in the middle of a document: at a depth, and at a number of nodes in
/// which every alias counts as often as it is used ("billion laughs").
final class Composer {

  /// The library quotes unknown words of the input.
  private static final Pattern QUOTED = Pattern.compile("['\"][^'\"]{2,}['\"]");

  private final String source;
  private final String text;
  private final Limits limits;
  private final YamlTrees.Duplicates duplicates;
  private final ParserImpl events;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  private long nodes;

  /// @param weight how many nodes it is, aliases inside expanded
  private record Anchored(YamlNode node, long weight) {}

  Composer(String source, String text, Limits limits, YamlTrees.Duplicates duplicates) {
    this.source = source;
    this.text = text;
    this.limits = limits;
    this.duplicates = duplicates;
    LoadSettings settings =
        LoadSettings.builder().setLabel(source).setCodePointLimit(Integer.MAX_VALUE).build();
    this.events = new ParserImpl(settings, new StreamReader(settings, text));
  }

  /// The next document that is not empty; null at the end.
  @Nullable YamlNode next() throws MalformedInput {
    try {
      while (events.hasNext()) {
        if (events.next().getEventId() != Event.ID.DocumentStart) {
          continue;
        }
        anchors.clear();
        YamlNode root = node(events.next(), 1);
        if (!(root instanceof YamlNode.Scalar s && s.text().isEmpty())) {
          return root;
        }
      }
      return null;
    } catch (MarkedYamlEngineException e) {
      throw malformed(e.getProblemMark().or(e::getContextMark), plain(e.getProblem()));
    } catch (ReaderException e) {
      throw atPosition(
          e.getPosition(),
          "a character that YAML does not allow: U+" + "%04X".formatted(e.getCodePoint()));
    } catch (YamlEngineException e) {
      throw new MalformedInput(source, "not valid YAML: " + plain(e.getMessage()));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      // Seen from the library on input that is cut off inside an escape.
      throw new MalformedInput(source, "not valid YAML");
    }
  }

  private YamlNode node(Event event, int depth) throws MalformedInput {
    if (depth > limits.depth()) {
      throw malformed(
          event.getStartMark(), "nested deeper than " + limits.depth() + " levels: refused");
    }
    if (event instanceof AliasEvent alias) {
      return resolve(alias);
    }
    count(event, 1);
    if (!(event instanceof NodeEvent start)) {
      throw malformed(event.getStartMark(), "a value expected");
    }
    Optional<String> anchor = start.getAnchor().map(Anchor::getValue);
    anchor.ifPresent(open::add);
    long before = nodes;
    YamlNode made =
        switch (start) {
          case ScalarEvent s -> scalar(s);
          case SequenceStartEvent s -> sequence(s, depth);
          case MappingStartEvent m -> mapping(m, depth);
          default -> throw malformed(event.getStartMark(), "a value expected");
        };
    if (anchor.isPresent()) {
      open.remove(anchor.get());
      anchors.put(anchor.get(), new Anchored(made, nodes - before + 1));
    }
    return made;
  }

  private YamlNode resolve(AliasEvent alias) throws MalformedInput {
    String name = alias.getAlias().getValue();
    Anchored target = anchors.get(name);
    if (open.contains(name)) {
      throw malformed(alias.getStartMark(), "an alias refers to what it is inside of");
    }
    if (target == null) {
      throw malformed(alias.getStartMark(), "an alias refers to an anchor that does not exist");
    }
    count(alias, target.weight());
    return target.node();
  }

  private void count(Event event, long more) throws MalformedInput {
    nodes += more;
    if (nodes > limits.nodes()) {
      throw malformed(
          event.getStartMark(),
          "more than " + limits.nodes() + " values, aliases expanded: refused as too large");
    }
  }

  private static YamlNode.Scalar scalar(ScalarEvent s) {
    return new YamlNode.Scalar(
        line(s.getStartMark()),
        column(s.getStartMark()),
        s.getValue(),
        Scalars.resolve(s.getValue(), s.isPlain(), s.getTag().orElse("")));
  }

  private YamlNode sequence(SequenceStartEvent start, int depth) throws MalformedInput {
    List<YamlNode> items = new ArrayList<>();
    for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
      items.add(node(e, depth + 1));
    }
    return new YamlNode.Sequence(line(start.getStartMark()), column(start.getStartMark()), items);
  }

  private YamlNode mapping(MappingStartEvent start, int depth) throws MalformedInput {
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
    List<YamlNode> merges = new ArrayList<>();
    for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
      boolean merge = e instanceof ScalarEvent s && s.isPlain() && s.getValue().equals("<<");
      YamlNode key = node(e, depth + 1);
      YamlNode value = node(events.next(), depth + 1);
      if (merge) {
        merges.add(value);
        continue;
      }
      if (!(key instanceof YamlNode.Scalar k)) {
        throw malformed(e.getStartMark(), "a key must be a text, this is " + key.noun());
      }
      YamlNode.Entry known = entries.put(k.text(), new YamlNode.Entry(k, value));
      if (known != null && duplicates == YamlTrees.Duplicates.REFUSED) {
        throw malformed(
            e.getStartMark(),
            "the key `"
                + (k.text().length() > 80 ? k.text().substring(0, 80) + "…" : k.text())
                + "` is already there in line "
                + known.key().line());
      }
    }
    for (YamlNode merge : merges) {
      merge(merge, entries);
    }
    return new YamlNode.Mapping(
        line(start.getStartMark()), column(start.getStartMark()), List.copyOf(entries.values()));
  }

  /// `<<: *base` and `<<: [*a, *b]`: what is there stays, earlier ones win.
  private void merge(YamlNode from, Map<String, YamlNode.Entry> into) throws MalformedInput {
    switch (from) {
      case YamlNode.Mapping m -> m.entries().forEach(e -> into.putIfAbsent(e.key().text(), e));
      case YamlNode.Sequence s -> {
        for (YamlNode item : s.items()) {
          if (item instanceof YamlNode.Sequence) {
            throw new MalformedInput(
                source, item.line(), item.column(), "only mappings can be merged with `<<`");
          }
          merge(item, into);
        }
      }
      case YamlNode.Scalar s ->
          throw new MalformedInput(
              source, s.line(), s.column(), "only mappings can be merged with `<<`");
    }
  }

  private MalformedInput malformed(Optional<Mark> at, String problem) {
    return new MalformedInput(
        source,
        at.map(m -> m.getLine() + 1).orElse(0),
        at.map(m -> m.getColumn() + 1).orElse(0),
        problem);
  }

  private MalformedInput atPosition(int codePoints, String problem) {
    int line = 1;
    int column = 1;
    int seen = 0;
    for (int i = 0; i < text.length() && seen < codePoints; seen++) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      column++;
      if (c == '\n') {
        line++;
        column = 1;
      }
    }
    return new MalformedInput(source, line, column, problem);
  }

  private static String plain(@Nullable String message) {
    return QUOTED.matcher(String.valueOf(message).replace('\n', ' ')).replaceAll("'…'").strip();
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(m -> m.getLine() + 1).orElse(0);
  }

  private static int column(Optional<Mark> mark) {
    return mark.map(m -> m.getColumn() + 1).orElse(0);
  }
}
