package dev.refloat.adapter.yaml;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/// Edits YAML text by cutting and pasting at the positions of its nodes, never by writing it anew:
/// every
/// byte outside of the edited fields stays, comments included. After each edit the text is read
/// again;
/// unless exactly the wanted change happened and nothing else, the edit is refused.
///
/// What is in reach of an anchor, alias, merge key or tag is refused, because what a person wants
/// there
/// cannot be known: an edit at an anchor changes every place that uses it.
public final class YamlPatch {
  private static final String BOM = "\ufeff";

  /// More fields at once are no edit but another file.
  private static final int MOST_EDITS = 500;

  /// Bounds a file that is edited.
  private static final Limits LIMITS = new Limits(8L << 20, Limits.DOCUMENT.depth(), 500_000);

  private final String source;
  private final String text;
  private final Syntax root;
  private final boolean json;
  private final BlockStyle style;

  private YamlPatch(String source, String text, int document) {
    this.source = source;
    this.text = text;
    this.root = Syntax.documents(text).get(document);
    this.json =
        root instanceof Syntax.Mapping m
            && m.flow()
            && !m.entries().isEmpty()
            && m.entries().getFirst().key() instanceof Syntax.Scalar k
            && k.style() == ScalarStyle.DOUBLE_QUOTED;
    this.style = BlockStyle.of(root, Lines.breakAt(text, root.extent().start()));
  }

  /// A node and what it is in.
  ///
  /// @param parent the mapping or sequence; null for the root
  /// @param index of the entry or item in the parent
  private record Place(Syntax node, @Nullable Place parent, int index) {
    boolean inFlow() {
      for (Place p = parent; p != null; p = p.parent) {
        if ((p.node instanceof Syntax.Mapping m && m.flow())
            || (p.node instanceof Syntax.Sequence s && s.flow())) {
          return true;
        }
      }
      return false;
    }
  }

  /// The documents of a text that an edit may choose from, numbered as [#apply] does. Empty
  /// documents
  /// do not count.
  public static List<YamlNode> documents(String source, String text) throws IOException {
    return YamlTrees.nodes(
        source,
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        LIMITS,
        YamlTrees.Duplicates.REFUSED);
  }

  /// The text with the edits done, one after the other; the same text when all are done already.
  ///
  /// @param source names the text in errors
  /// @param document which of the documents, from 0; empty ones do not count
  /// @throws UneditableYaml when a program cannot do it safely
  public static String apply(String source, String text, int document, List<FieldEdit> edits)
      throws UneditableYaml {
    String bom = text.startsWith(BOM) ? BOM : "";
    String body = text.substring(bom.length());
    for (int i = body.indexOf('\r'); i >= 0; i = body.indexOf('\r', i + 1)) {
      if (i + 1 == body.length() || body.charAt(i + 1) != '\n') {
        throw new UneditableYaml(source + ": a carriage return without line feed: refused");
      }
    }
    boolean open = !body.endsWith("\n");
    String eol = Lines.breakAt(body, 0);
    String after = open ? body + eol : body;
    List<Json> before = trees(source, after);
    if (document < 0 || document >= before.size()) {
      throw new UneditableYaml(
          source
              + ": has "
              + before.size()
              + " documents, number "
              + (document + 1)
              + " is asked for");
    }
    List<Json> expected = new ArrayList<>(before);
    for (FieldEdit edit : edits) {
      Json wanted = wanted(source, expected.get(document), edit);
      after = reach(source, after, document, expected.get(document), wanted);
      expected.set(document, wanted);
      verify(source, after, expected, edit);
    }
    if (open && after.endsWith(eol)) {
      String shorter = after.substring(0, after.length() - eol.length());
      if (same(trees(source, shorter), expected)
          && (!endsInBlock(shorter) || lastLine(shorter).equals(lastLine(body)))) {
        after = shorter;
      }
    }
    return bom + after;
  }

  private static String lastLine(String text) {
    return text.substring(text.lastIndexOf('\n') + 1);
  }

  /// Readers disagree whether a block scalar without a line break at the end of the file has one.
  private static boolean endsInBlock(String text) {
    Syntax last = Syntax.documents(text).getLast();
    while (true) {
      switch (last) {
        case Syntax.Mapping m when !m.entries().isEmpty() -> last = m.entries().getLast().value();
        case Syntax.Sequence s when !s.items().isEmpty() -> last = s.items().getLast();
        case Syntax.Scalar s -> {
          return s.block();
        }
        case Syntax.Mapping _, Syntax.Sequence _, Syntax.Alias _ -> {
          return false;
        }
      }
    }
  }

  private static Json wanted(String source, Json before, FieldEdit edit) throws UneditableYaml {
    try {
      return edit.applyTo(before);
    } catch (IllegalArgumentException e) {
      throw new UneditableYaml(source + ": " + e.getMessage());
    }
  }

  private static String reach(String source, String text, int document, Json before, Json wanted)
      throws UneditableYaml {
    List<FieldEdit> steps = new ArrayList<>();
    difference(List.of(), before, wanted, steps);
    if (steps.size() > MOST_EDITS) {
      throw new UneditableYaml(
          source + ": " + steps.size() + " fields at once are too many: edit the file by hand");
    }
    String after = text;
    for (FieldEdit step : steps) {
      after = new YamlPatch(source, after, document).edit(step);
    }
    return after;
  }

  private static void verify(String source, String text, List<Json> expected, FieldEdit edit)
      throws UneditableYaml {
    List<Json> got;
    try {
      got = trees(source, text);
    } catch (UneditableYaml e) {
      got = List.of();
    }
    if (!same(got, expected)) {
      throw new UneditableYaml(
          source
              + ": "
              + edit.field()
              + " cannot be edited without touching something else: edit the file by hand");
    }
  }

  private static List<Json> trees(String source, String text) throws UneditableYaml {
    try {
      return documents(source, text).stream().map(YamlNode::json).toList();
    } catch (MalformedInput e) {
      boolean template = text.contains("{{");
      throw new UneditableYaml(
          e.getMessage() + (template ? " (it looks like a template: edit it by hand)" : ""));
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  private static boolean same(List<Json> a, List<Json> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!same(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Whether two trees mean the same; the order of fields means nothing.
  public static boolean same(Json a, Json b) {
    return switch (a) {
      case Json.Obj x -> {
        if (!(b instanceof Json.Obj y) || x.size() != y.size()) {
          yield false;
        }
        for (String key : x.keys()) {
          if (!same(x.get(key), y.get(key))) {
            yield false;
          }
        }
        yield true;
      }
      case Json.Arr(var items) -> b instanceof Json.Arr(var others) && same(items, others);
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> a.equals(b);
    };
  }

  /// The smallest edits that make one tree of another.
  private static void difference(
      List<FieldEdit.Step> path, Json before, Json after, List<FieldEdit> out) {
    if (same(before, after)) {
      return;
    }
    if (before instanceof Json.Obj b
        && after instanceof Json.Obj a
        && (a.size() > 0 || path.isEmpty())) {
      for (String key : a.keys()) {
        difference(with(path, new FieldEdit.Key(key)), b.get(key), a.get(key), out);
      }
      // Last, so that nothing is emptied in between.
      for (String key : b.keys()) {
        if (!a.keys().contains(key)) {
          out.add(new FieldEdit(with(path, new FieldEdit.Key(key)), Json.Missing.MISSING));
        }
      }
    } else if (before instanceof Json.Arr(var b)
        && after instanceof Json.Arr(var a)
        && !a.isEmpty()
        && !b.isEmpty()) {
      items(path, b, a, out);
    } else {
      out.add(new FieldEdit(path, after));
    }
  }

  private static void items(
      List<FieldEdit.Step> path, List<Json> b, List<Json> a, List<FieldEdit> out) {
    int tail = 0;
    if (a.size() < b.size()) {
      int head = 0;
      while (head < a.size() && same(a.get(head), b.get(head))) {
        head++;
      }
      while (tail < a.size() - head
          && same(a.get(a.size() - 1 - tail), b.get(b.size() - 1 - tail))) {
        tail++;
      }
    }
    int common = Math.min(a.size(), b.size()) - tail;
    for (int i = 0; i < common; i++) {
      difference(with(path, new FieldEdit.Index(i)), b.get(i), a.get(i), out);
    }
    for (int i = b.size() - tail - 1; i >= common && a.size() < b.size(); i--) {
      out.add(new FieldEdit(with(path, new FieldEdit.Index(i)), Json.Missing.MISSING));
    }
    for (int i = b.size(); i < a.size(); i++) {
      out.add(new FieldEdit(with(path, new FieldEdit.Index(i)), a.get(i)));
    }
  }

  private static List<FieldEdit.Step> with(List<FieldEdit.Step> path, FieldEdit.Step step) {
    List<FieldEdit.Step> out = new ArrayList<>(path);
    out.add(step);
    return out;
  }

  /// The value below the steps that do not exist yet.
  private static Json nest(List<FieldEdit.Step> missing, Json value) {
    return missing.isEmpty() ? value : new FieldEdit(missing, value).applyTo(Json.Missing.MISSING);
  }

  private String edit(FieldEdit edit) throws UneditableYaml {
    try {
      return walk(edit);
    } catch (IllegalArgumentException e) {
      throw refused(root, edit.field() + " cannot be written: " + e.getMessage());
    }
  }

  private String walk(FieldEdit edit) throws UneditableYaml {
    Place here = new Place(root, null, 0);
    for (int i = 0; i < edit.path().size(); i++) {
      plain(here.node, edit);
      FieldEdit.Step step = edit.path().get(i);
      List<FieldEdit.Step> below = edit.path().subList(i + 1, edit.path().size());
      if (here.node instanceof Syntax.Scalar s && s.isNull()) {
        return replace(here, nest(edit.path().subList(i, edit.path().size()), edit.value()));
      }
      switch (step) {
        case FieldEdit.Key(var name) -> {
          if (!(here.node instanceof Syntax.Mapping m)) {
            throw refused(here.node, edit.field() + " goes through what is no mapping");
          }
          int at = m.find(name).map(m.entries()::indexOf).orElse(-1);
          if (at < 0) {
            if (m.merges()) {
              throw refused(m, edit.field() + " may come from the merge key `<<` here");
            }
            return insert(here, m, name, nest(below, edit.value()));
          }
          here = new Place(m.entries().get(at).value(), here, at);
        }
        case FieldEdit.Index(var at) -> {
          if (!(here.node instanceof Syntax.Sequence s)) {
            throw refused(here.node, edit.field() + " goes through what is no list");
          }
          if (at == s.items().size()) {
            return append(here, s, nest(below, edit.value()));
          }
          here = new Place(s.items().get(at), here, at);
        }
      }
    }
    plain(here.node, edit);
    whole(here.node, edit);
    return edit.removes() ? remove(here) : replace(here, edit.value());
  }

  private void plain(Syntax node, FieldEdit edit) throws UneditableYaml {
    if (node instanceof Syntax.Alias) {
      throw refused(node, edit.field() + " is an alias here: edit its anchor by hand");
    }
    if (!node.extent().decoration().isEmpty()) {
      throw refused(
          node, edit.field() + " lies under " + node.extent().decoration() + ": edit it by hand");
    }
  }

  private void whole(Syntax node, FieldEdit edit) throws UneditableYaml {
    switch (node) {
      case Syntax.Mapping m -> {
        for (Syntax.Entry e : m.entries()) {
          plain(e.key(), edit);
          plain(e.value(), edit);
          whole(e.value(), edit);
        }
      }
      case Syntax.Sequence s -> {
        for (Syntax i : s.items()) {
          plain(i, edit);
          whole(i, edit);
        }
      }
      case Syntax.Scalar _, Syntax.Alias _ -> {}
    }
  }

  private UneditableYaml refused(Syntax node, String problem) {
    return new UneditableYaml(
        source
            + ":"
            + (node.extent().line() + 1)
            + ":"
            + (node.extent().column() + 1)
            + ": "
            + problem);
  }

  private String splice(int from, int to, String with) {
    return text.substring(0, from) + with + text.substring(to);
  }

  private String replace(Place place, Json value) throws UneditableYaml {
    Syntax node = place.node;
    ScalarStyle old = node instanceof Syntax.Scalar s && !s.block() ? s.style() : ScalarStyle.PLAIN;
    int start = node.extent().start();
    int end = node.extent().end();
    if (json || place.inFlow()) {
      String written = BlockStyle.flow(value, old, true, json);
      boolean glued = start == end && start > 0 && text.charAt(start - 1) == ':';
      return splice(start, end, glued ? " " + written : written);
    }
    if (node instanceof Syntax.Scalar s && s.block()) {
      return replaceBlock(place, s, value);
    }
    Place parent = place.parent;
    if (parent == null) {
      throw refused(node, "the whole document cannot be replaced");
    }
    boolean entry = parent.node instanceof Syntax.Mapping;
    int indent = parent.node.extent().column();
    boolean block =
        (node instanceof Syntax.Mapping m && !m.flow())
            || (node instanceof Syntax.Sequence q && !q.flow());
    StringBuilder out = new StringBuilder();
    if (!entry) {
      int rest = Lines.end(text, end);
      if (block || text.substring(end, rest).isBlank()) {
        if (start == end && text.charAt(start - 1) == '-') {
          out.append(' ');
        }
        style.item(out, value, indent);
        return splice(start, block ? rest : end, out.toString());
      }
      if (BlockStyle.multiline(value)) {
        throw refused(node, "a comment stands where the new lines would go: edit it by hand");
      }
      return splice(start, end, BlockStyle.flow(value, old, false, false));
    }
    int colon = text.indexOf(':', key(place).extent().end()) + 1;
    if (block) {
      // The comment on the key's line stays.
      int keyLine = Lines.end(text, colon);
      if (start < keyLine) {
        throw refused(node, "begins on the line of its key: edit it by hand");
      }
      String rest = text.substring(colon, keyLine);
      StringBuilder head = new StringBuilder();
      if (BlockStyle.multiline(value)) {
        String header = BlockStyle.header(value);
        head.append(header.isEmpty() ? "" : " " + header).append(rest);
        style.body(head, value, indent);
      } else {
        head.append(' ').append(BlockStyle.flow(value, old, false, false)).append(rest);
      }
      return splice(colon, Lines.end(text, end), head.toString());
    }
    if (!BlockStyle.multiline(value)) {
      String written = BlockStyle.flow(value, old, false, false);
      return splice(start, end, start == colon ? " " + written : written);
    }
    if (text.substring(colon, start).indexOf('#') >= 0) {
      throw refused(node, "a comment stands before the value: edit it by hand");
    }
    String header = BlockStyle.header(value);
    int rest = Lines.end(text, end);
    style.body(out, value, indent);
    return splice(
        colon, rest, (header.isEmpty() ? "" : " " + header) + text.substring(end, rest) + out);
  }

  private static Syntax key(Place place) {
    return place.parent != null && place.parent.node instanceof Syntax.Mapping m
        ? m.entries().get(place.index).key()
        : place.node;
  }

  private String replaceBlock(Place place, Syntax.Scalar old, Json value) throws UneditableYaml {
    Place parent = place.parent;
    if (parent == null) {
      throw refused(old, "the whole document cannot be replaced");
    }
    int start = old.extent().start();
    int header = Lines.end(text, start);
    int end = old.extent().end();
    int indicators = start;
    while (indicators < header && "|>+-0123456789".indexOf(text.charAt(indicators)) >= 0) {
      indicators++;
    }
    String rest = text.substring(indicators, header);
    boolean entry = parent.node instanceof Syntax.Mapping;
    int indent = parent.node.extent().column();
    if (!BlockStyle.multiline(value)) {
      return splice(start, end, BlockStyle.flow(value, ScalarStyle.PLAIN, false, false) + rest);
    }
    StringBuilder out = new StringBuilder();
    if (value instanceof Json.Str(var s)) {
      out.append(BlockStyle.header(value)).append(rest);
      literal(out, old, text.substring(header, end), s, indent + (entry ? style.step() : 2));
      return splice(start, end, out.toString());
    }
    if (!entry && rest.isBlank()) {
      style.item(out, value, indent);
      return splice(start, end, out.toString());
    }
    if (!entry) {
      throw refused(old, "a comment stands where the new lines would go: edit it by hand");
    }
    int colon = text.indexOf(':', key(place).extent().end()) + 1;
    style.body(out, value, indent);
    return splice(colon, end, rest + out);
  }

  /// Lines that stay are copied as they are written.
  private void literal(
      StringBuilder out, Syntax.Scalar old, String content, String value, int otherwise) {
    List<String> raw = new ArrayList<>(content.lines().toList());
    if (!raw.isEmpty()) {
      raw.removeFirst();
    }
    int width =
        raw.stream()
            .filter(l -> !l.isBlank())
            .mapToInt(l -> l.length() - l.stripLeading().length())
            .findFirst()
            .orElse(otherwise);
    List<String> lines = BlockStyle.lines(value);
    int head = 0;
    int tail = 0;
    if (old.style() == ScalarStyle.LITERAL) {
      int most = Math.min(raw.size(), lines.size());
      while (head < most && says(raw.get(head), lines.get(head), width)) {
        head++;
      }
      while (tail < most - head
          && says(raw.get(raw.size() - 1 - tail), lines.get(lines.size() - 1 - tail), width)) {
        tail++;
      }
    }
    for (int i = 0; i < lines.size(); i++) {
      out.append(style.eol());
      int fromEnd = lines.size() - i;
      if (i < head) {
        out.append(raw.get(i));
      } else if (fromEnd <= tail) {
        out.append(raw.get(raw.size() - fromEnd));
      } else if (!lines.get(i).isEmpty()) {
        out.repeat(' ', width).append(lines.get(i));
      }
    }
  }

  private static boolean says(String raw, String line, int width) {
    return raw.length() <= width
        ? line.isEmpty() && raw.isBlank()
        : raw.substring(width).equals(line);
  }

  private String insert(Place place, Syntax.Mapping map, String key, Json value)
      throws UneditableYaml {
    if (map.flow()) {
      return insertFlow(place, map, key, value);
    }
    if (map.entries().isEmpty()) {
      throw refused(map, "an empty mapping in no style that is known");
    }
    int indent = map.extent().column();
    Syntax.Entry after = map.entries().getLast();
    if (!BlockStyle.multiline(value)) {
      // Beside its like, before the first larger block.
      for (Syntax.Entry e : map.entries()) {
        if (!(e.value() instanceof Syntax.Scalar s)
            || s.block()
            || s.extent().start() == s.extent().end()) {
          break;
        }
        after = e;
      }
    }
    StringBuilder out = new StringBuilder();
    int at = Lines.end(text, Math.max(after.key().extent().end(), after.value().extent().end()));
    out.append(style.eol()).repeat(' ', indent);
    style.entry(out, key, value, indent);
    return splice(at, at, out.toString());
  }

  private String insertFlow(Place place, Syntax.Mapping map, String key, Json value)
      throws UneditableYaml {
    if (map.entries().isEmpty()) {
      if (json || place.inFlow() || place.parent == null) {
        return splice(
            map.extent().start(),
            map.extent().end(),
            BlockStyle.flow(Json.emptyObject().with(key, value), ScalarStyle.PLAIN, true, json));
      }
      return replace(place, Json.emptyObject().with(key, value));
    }
    String written =
        BlockStyle.text(key, ScalarStyle.PLAIN, true, json)
            + ": "
            + BlockStyle.flow(value, ScalarStyle.PLAIN, true, json);
    Syntax.Entry last = map.entries().getLast();
    return extendFlow(
        map,
        map.entries().getFirst().key().extent(),
        Math.max(last.key().extent().end(), last.value().extent().end()),
        written);
  }

  private String append(Place place, Syntax.Sequence list, Json value) throws UneditableYaml {
    if (list.flow()) {
      if (list.items().isEmpty()) {
        Json.Arr one = new Json.Arr(List.of(value));
        return json || place.inFlow() || place.parent == null
            ? splice(
                list.extent().start(),
                list.extent().end(),
                BlockStyle.flow(one, ScalarStyle.PLAIN, true, json))
            : replace(place, one);
      }
      return extendFlow(
          list,
          list.items().getFirst().extent(),
          list.items().getLast().extent().end(),
          BlockStyle.flow(value, ScalarStyle.PLAIN, true, json));
    }
    int column = list.extent().column();
    int at = Lines.end(text, list.extent().end());
    StringBuilder out = new StringBuilder(style.eol()).repeat(' ', column).append("- ");
    style.item(out, value, column);
    return splice(at, at, out.toString());
  }

  /// Adds to the end of `{…}` or `[…]`, on a line of its own when what is there stands so.
  private String extendFlow(Syntax node, Syntax.Extent first, int last, String written) {
    boolean lines = first.line() > node.extent().line();
    String lead = lines ? style.eol() + " ".repeat(first.column()) : " ";
    int comma = last;
    while (comma < text.length() && Character.isWhitespace(text.charAt(comma))) {
      comma++;
    }
    return text.charAt(comma) == ','
        ? splice(comma + 1, comma + 1, lead + written + (lines ? "," : ""))
        : splice(last, last, "," + lead + written);
  }

  private String remove(Place place) throws UneditableYaml {
    Place parent = place.parent;
    if (parent == null) {
      throw refused(place.node, "the whole document cannot be removed");
    }
    return switch (parent.node) {
      case Syntax.Mapping m -> {
        if (m.entries().size() == 1) {
          yield empty(parent, m.flow(), Json.emptyObject());
        }
        List<int[]> parts = new ArrayList<>();
        for (Syntax.Entry e : m.entries()) {
          parts.add(
              new int[] {
                e.key().extent().start(), Math.max(colonAfter(m, e.key()), e.value().extent().end())
              });
        }
        yield m.flow() ? cutFlow(parts, place.index) : cutLines(place, parts, place.index);
      }
      case Syntax.Sequence s -> {
        if (s.items().size() == 1) {
          yield empty(parent, s.flow(), Json.emptyArray());
        }
        List<int[]> parts = new ArrayList<>();
        for (Syntax item : s.items()) {
          int start = s.flow() ? item.extent().start() : dash(s, item);
          parts.add(new int[] {start, Math.max(s.flow() ? 0 : start + 1, item.extent().end())});
        }
        yield s.flow() ? cutFlow(parts, place.index) : cutLines(place, parts, place.index);
      }
      case Syntax.Scalar _, Syntax.Alias _ ->
          throw refused(place.node, "is in nothing that it could be removed from");
    };
  }

  private int colonAfter(Syntax.Mapping m, Syntax key) {
    int end = key.extent().end();
    return m.flow() ? end : text.indexOf(':', end) + 1;
  }

  private String empty(Place container, boolean flow, Json nothing) throws UneditableYaml {
    if (flow) {
      return splice(
          container.node.extent().start(),
          container.node.extent().end(),
          nothing instanceof Json.Obj ? "{}" : "[]");
    }
    return replace(container, nothing);
  }

  private String cutFlow(List<int[]> parts, int index) {
    if (index + 1 < parts.size()) {
      return splice(parts.get(index)[0], parts.get(index + 1)[0], "");
    }
    return splice(parts.get(index - 1)[1], parts.get(index)[1], "");
  }

  private String cutLines(Place place, List<int[]> parts, int index) throws UneditableYaml {
    int start = parts.get(index)[0];
    int end = parts.get(index)[1];
    int line = Lines.start(text, start);
    if (text.substring(line, start).isBlank()) {
      return splice(line, Lines.next(text, Lines.end(text, end)), "");
    }
    // The first of several in a line with the dash of a list: the next one moves up.
    int next = index + 1 < parts.size() ? parts.get(index + 1)[0] : end;
    String between = text.substring(Lines.end(text, end), next);
    if (index + 1 == parts.size() || !between.isBlank()) {
      throw refused(place.node, "shares its line with something else: edit it by hand");
    }
    return splice(start, next, "");
  }

  /// The dash of an item: upwards from it, at the column of the list.
  private int dash(Syntax.Sequence list, Syntax item) throws UneditableYaml {
    int column = list.extent().column();
    int at = Math.min(item.extent().start(), text.length() - 1);
    while (at >= list.extent().start()) {
      int line = Lines.start(text, at);
      // Columns of marks count code points; a dash has nothing but dashes and spaces before it.
      int candidate =
          line <= list.extent().start() && list.extent().start() < Lines.next(text, line)
              ? list.extent().start()
              : line + column;
      if (candidate <= item.extent().start()
          && candidate < text.length()
          && text.charAt(candidate) == '-'
          && text.substring(line, candidate)
              .chars()
              .allMatch(c -> " -?:".indexOf(c) >= 0 || candidate == list.extent().start())) {
        return candidate;
      }
      at = line - 1;
    }
    throw refused(item, "its dash was not found: edit it by hand");
  }
}
