package dev.refloat.adapter.catalog;

import dev.refloat.model.Confidence;
import dev.refloat.model.Risk;
import dev.refloat.release.Stage;
import dev.refloat.rule.Matcher;
import dev.refloat.rule.Move;
import dev.refloat.rule.MoveKind;
import dev.refloat.rule.Regex;
import dev.refloat.rule.Rule;
import dev.refloat.rule.Template;
import dev.refloat.rule.When;
import dev.refloat.signal.SignalKind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The compiled catalog: all rules in one small binary file, so that a run parses no YAML and
/// compiles no regular expression before it is needed. Made and read by the same build, so the
/// format may change at any time.
///
/// Numbers are unsigned LEB128; a string is a number into a pool that stands first; enums are
/// their names.
final class IndexFile {
  private static final byte[] MAGIC = {'r', 'f', 'c', 2};

  private IndexFile() {}

  /// The same rules always give the same bytes.
  static byte[] write(List<Rule> rules) {
    return new Writer().file(rules);
  }

  /// @throws IllegalStateException for bytes that [#write] did not make
  static List<Rule> read(byte[] bytes) {
    return new Reader(bytes).file();
  }

  private static final class Writer {
    private final Map<String, Integer> pool = new LinkedHashMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    byte[] file(List<Rule> rules) {
      list(rules, Writer::rule);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(MAGIC);
      number(out, pool.size());
      for (String s : pool.keySet()) {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        number(out, utf8.length);
        out.writeBytes(utf8);
      }
      out.writeBytes(body.toByteArray());
      return out.toByteArray();
    }

    private void rule(Rule r) {
      text(r.id());
      text(r.title());
      flag(r.symptom());
      list(new TreeSet<>(r.stages()), Writer::word);
      number(r.depth());
      when(r.when());
      list(r.variants(), Writer::variant);
      optional(
          r.root(),
          (w, root) -> {
            w.template(root.apiVersion());
            w.template(root.kind());
            w.template(root.namespace());
            w.template(root.name());
          });
      list(r.remedies(), Writer::remedy);
    }

    private void variant(Rule.Variant v) {
      text(v.id());
      optional(v.when(), Writer::when);
      template(v.summary());
      word(v.confidence());
      optional(v.depth(), Writer::number);
    }

    private void remedy(Rule.RemedyTemplate r) {
      text(r.id());
      template(r.title());
      word(r.risk());
      template(r.because());
      list(r.commands(), Writer::template);
      list(new TreeSet<>(r.variants()), Writer::text);
      optional(r.when(), Writer::when);
      list(
          r.moves(),
          (w, m) -> {
            w.word(m.kind());
            w.list(
                new TreeMap<>(m.arguments()).entrySet(),
                (x, e) -> {
                  x.text(e.getKey());
                  x.text(e.getValue());
                });
          });
    }

    private void when(When when) {
      switch (when) {
        case When.All(var parts) -> {
          number(0);
          list(parts, Writer::when);
        }
        case When.Any(var parts) -> {
          number(1);
          list(parts, Writer::when);
        }
        case When.Not(var part) -> {
          number(2);
          when(part);
        }
        case When.Pattern(var kind, var tests) -> {
          number(3);
          word(kind);
          list(
              new TreeMap<>(tests).entrySet(),
              (w, e) -> {
                w.text(e.getKey());
                w.matcher(e.getValue());
              });
        }
      }
    }

    private void matcher(Matcher matcher) {
      switch (matcher) {
        case Matcher.Is(var t) -> {
          number(0);
          text(t);
        }
        case Matcher.OneOf(var ts) -> {
          number(1);
          list(ts, Writer::text);
        }
        case Matcher.Matches(var regex) -> {
          number(2);
          text(regex.text());
        }
        case Matcher.Not(var m) -> {
          number(3);
          matcher(m);
        }
        case Matcher.Exists(var wanted) -> {
          number(4);
          flag(wanted);
        }
        case Matcher.AtLeast(var least) -> {
          number(5);
          text(Long.toString(least));
        }
      }
    }

    private void template(Template t) {
      text(t.text());
    }

    private void text(String s) {
      Integer known = pool.putIfAbsent(s, pool.size());
      number(known == null ? pool.size() - 1 : known);
    }

    private void word(Enum<?> value) {
      text(value.name());
    }

    private void flag(boolean b) {
      number(b ? 1 : 0);
    }

    private void number(int n) {
      number(body, n);
    }

    private <T> void optional(Optional<T> value, BiConsumer<Writer, T> write) {
      flag(value.isPresent());
      value.ifPresent(v -> write.accept(this, v));
    }

    private <T> void list(java.util.Collection<T> items, BiConsumer<Writer, T> write) {
      number(items.size());
      items.forEach(i -> write.accept(this, i));
    }

    private static void number(ByteArrayOutputStream out, int n) {
      int rest = n;
      while (rest > 0x7f) {
        out.write((rest & 0x7f) | 0x80);
        rest >>>= 7;
      }
      out.write(rest);
    }
  }

  /// Written without lambdas and streams: each would cost a few hundred microseconds in a fresh
  /// JVM.
  private static final class Reader {
    private final byte[] bytes;
    private int at;
    private String[] pool = {};

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    List<Rule> file() {
      try {
        for (byte b : MAGIC) {
          if (bytes[at++] != b) {
            throw new IllegalStateException("the catalog index is of another build");
          }
        }
        pool = new String[number()];
        for (int i = 0; i < pool.length; i++) {
          int length = number();
          pool[i] = new String(bytes, at, length, StandardCharsets.UTF_8);
          at += length;
        }
        int size = number();
        List<Rule> rules = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
          rules.add(rule());
        }
        return rules;
      } catch (IndexOutOfBoundsException
          | NegativeArraySizeException
          | IllegalArgumentException e) {
        throw damaged(e);
      }
    }

    private static IllegalStateException damaged(@Nullable Exception cause) {
      return new IllegalStateException("the catalog index is damaged: build again", cause);
    }

    private Rule rule() {
      String id = text();
      String title = text();
      boolean symptom = flag();
      Set<Stage> stages = EnumSet.noneOf(Stage.class);
      for (int n = number(); n > 0; n--) {
        stages.add(Stage.valueOf(text()));
      }
      int depth = number();
      When when = when();
      int size = number();
      List<Rule.Variant> variants = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        variants.add(variant());
      }
      Optional<Rule.Root> root =
          flag()
              ? Optional.of(new Rule.Root(template(), template(), template(), template()))
              : Optional.empty();
      size = number();
      List<Rule.RemedyTemplate> remedies = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        remedies.add(remedy());
      }
      return new Rule(id, title, symptom, stages, depth, when, variants, root, remedies);
    }

    private Rule.Variant variant() {
      return new Rule.Variant(
          text(),
          optionalWhen(),
          template(),
          Confidence.valueOf(text()),
          flag() ? Optional.of(number()) : Optional.empty());
    }

    private Rule.RemedyTemplate remedy() {
      String id = text();
      Template title = template();
      Risk risk = Risk.valueOf(text());
      Template because = template();
      int size = number();
      List<Template> commands = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        commands.add(template());
      }
      return new Rule.RemedyTemplate(
          id,
          title,
          risk,
          because,
          commands,
          new LinkedHashSet<>(texts()),
          optionalWhen(),
          moves());
    }

    private List<Move> moves() {
      int size = number();
      List<Move> moves = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        MoveKind kind = MoveKind.valueOf(text());
        Map<String, String> arguments = new LinkedHashMap<>();
        for (int n = number(); n > 0; n--) {
          arguments.put(text(), text());
        }
        moves.add(new Move(kind, arguments));
      }
      return moves;
    }

    private Optional<When> optionalWhen() {
      return flag() ? Optional.of(when()) : Optional.empty();
    }

    private When when() {
      int form = number();
      return switch (form) {
        case 0 -> new When.All(whens());
        case 1 -> new When.Any(whens());
        case 2 -> new When.Not(when());
        case 3 -> {
          SignalKind kind = SignalKind.valueOf(text());
          Map<String, Matcher> tests = new LinkedHashMap<>();
          for (int n = number(); n > 0; n--) {
            tests.put(text(), matcher());
          }
          yield new When.Pattern(kind, tests);
        }
        default -> throw damaged(null);
      };
    }

    private List<When> whens() {
      int size = number();
      List<When> parts = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        parts.add(when());
      }
      return parts;
    }

    private Matcher matcher() {
      int form = number();
      return switch (form) {
        case 0 -> new Matcher.Is(text());
        case 1 -> new Matcher.OneOf(texts());
        case 2 -> new Matcher.Matches(Regex.of(text()));
        case 3 -> new Matcher.Not(matcher());
        case 4 -> new Matcher.Exists(flag());
        case 5 -> new Matcher.AtLeast(Long.parseLong(text()));
        default -> throw damaged(null);
      };
    }

    private Template template() {
      return new Template(text());
    }

    private List<String> texts() {
      int size = number();
      List<String> texts = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        texts.add(text());
      }
      return texts;
    }

    private String text() {
      return pool[number()];
    }

    private boolean flag() {
      return number() == 1;
    }

    private int number() {
      int n = 0;
      for (int shift = 0; ; shift += 7) {
        int b = bytes[at++];
        n |= (b & 0x7f) << shift;
        if (b >= 0) {
          return n;
        }
      }
    }
  }
}
