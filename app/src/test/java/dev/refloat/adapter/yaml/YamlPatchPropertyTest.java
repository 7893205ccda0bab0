package dev.refloat.adapter.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random documents in random styles, random edits. What a seed finds is repeated with
/// `-Drefloat.seed=…`.
class YamlPatchPropertyTest {
  private static final int ROUNDS = 3_000;
  private static final String[] WORDS = {
    "a",
    "image",
    "tag",
    "1.10",
    "yes",
    "null",
    "with space",
    "it's",
    "x: y",
    "# no",
    "",
    "ü😀",
    "*star",
    "- dash",
    "one\ntwo",
    "one\n\ntwo\n",
    "end\n\n",
    "a,b",
    "{x}",
    "0644",
    "2024-01-01"
  };
  private static final String[] KEYS = {"a", "b", "image", "on", "x.y/z", "k 1", "0"};

  @Test
  void changesWhatIsWantedAndNoOtherLine() {
    long seed = Long.getLong("refloat.seed", System.nanoTime());
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(seed + round);
      Writer writer = new Writer(random);
      List<Json> trees = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        trees.add(object(random, 3, true));
      }
      String text = writer.stream(trees);
      int document = random.nextInt(trees.size());
      FieldEdit edit = edit(random, trees.get(document));
      String where = "seed " + (seed + round) + ", " + edit + " in\n" + text;
      try {
        assertThat(trees(text)).as("the writer is wrong: " + where).isEqualTo(trees);
        String after = YamlPatch.apply("f", text, document, List.of(edit));
        List<Json> expected = new ArrayList<>(trees);
        expected.set(document, edit.applyTo(trees.get(document)));
        List<Json> got = trees(after);
        assertThat(got).as(where).hasSameSizeAs(expected);
        for (int i = 0; i < got.size(); i++) {
          assertThat(YamlPatch.same(got.get(i), expected.get(i)))
              .as(where + "\n→\n" + after)
              .isTrue();
        }
        assertThat(comments(after)).as(where + "\n→\n" + after).isSubsetOf(comments(text));
        untouched(text, after, trees.get(document), edit, where);
        if (!(edit.removes() && edit.path().getLast() instanceof FieldEdit.Index)) {
          assertThat(YamlPatch.apply("f", after, document, List.of(edit))).isEqualTo(after);
        }
      } catch (UneditableYaml e) {
        refused++;
        if (Boolean.getBoolean("refloat.refused")) {
          throw new AssertionError(where, e);
        }
        assertThat(e.getMessage()).as(where).doesNotContain("looks like");
      } catch (Exception | AssertionError e) {
        throw new AssertionError(where, e);
      }
    }
    assertThat(refused).as("refused of " + ROUNDS + ", seed " + seed).isLessThan(ROUNDS / 10);
  }

  /// What differs is one run of lines, and no longer than the old and the new value take.
  private static void untouched(
      String before, String after, Json tree, FieldEdit edit, String where) {
    List<String> a = List.of(before.split("\n", -1));
    List<String> b = List.of(after.split("\n", -1));
    int head = 0;
    while (head < Math.min(a.size(), b.size()) && a.get(head).equals(b.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < Math.min(a.size(), b.size()) - head
        && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) {
      tail++;
    }
    int gone = a.size() - head - tail;
    int come = b.size() - head - tail;
    String seen = where + "\n→\n" + after;
    assertThat(gone).as(seen).isLessThanOrEqualTo(weight(edit.in(tree)) + 2);
    assertThat(come).as(seen).isLessThanOrEqualTo(weight(edit.value()) + edit.path().size() + 2);
  }

  /// How many lines a value can take at most, a comment beside each included.
  private static int weight(Json value) {
    return switch (value) {
      case Json.Obj o -> 1 + o.keys().stream().mapToInt(k -> 2 + weight(o.get(k))).sum();
      case Json.Arr(var items) -> 1 + items.stream().mapToInt(i -> 2 + weight(i)).sum();
      case Json.Str(var s) -> 2 + (int) s.lines().count();
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> 2;
    };
  }

  private static List<String> comments(String text) {
    return text.lines()
        .filter(l -> l.contains("# c"))
        .map(l -> l.substring(l.indexOf("# c")))
        .toList();
  }

  private static List<Json> trees(String text) throws java.io.IOException {
    return YamlPatch.documents("f", text).stream().map(YamlNode::json).toList();
  }

  private static FieldEdit edit(Random random, Json tree) {
    List<FieldEdit.Step> path = new ArrayList<>();
    Json here = tree;
    while (true) {
      switch (here) {
        case Json.Obj o -> {
          boolean known = o.size() > 0 && random.nextInt(4) > 0;
          String key =
              known
                  ? o.keys().get(random.nextInt(o.size()))
                  : KEYS[random.nextInt(KEYS.length)] + "new";
          path.add(new FieldEdit.Key(key));
          here = o.get(key);
          if (!known && random.nextBoolean()) {
            path.add(new FieldEdit.Key("deep"));
          }
        }
        case Json.Arr(var items) -> {
          int at = random.nextInt(items.size() + 1);
          path.add(new FieldEdit.Index(at));
          here = at < items.size() ? items.get(at) : Json.Missing.MISSING;
        }
        case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {
          return end(random, path, tree);
        }
      }
      if (random.nextInt(3) == 0) {
        return end(random, path, tree);
      }
    }
  }

  private static FieldEdit end(Random random, List<FieldEdit.Step> path, Json tree) {
    boolean known = new FieldEdit(path, Json.Null.NULL).in(tree) != Json.Missing.MISSING;
    return new FieldEdit(
        path, known && random.nextInt(3) == 0 ? Json.Missing.MISSING : value(random, 2));
  }

  private static Json object(Random random, int depth, boolean some) {
    Json.Obj out = Json.emptyObject();
    for (int i = random.nextInt(4) + (some ? 1 : 0); i > 0; i--) {
      out = out.with(KEYS[random.nextInt(KEYS.length)], value(random, depth - 1));
    }
    return out;
  }

  private static Json value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 5)) {
      case 0, 1 -> new Json.Str(WORDS[random.nextInt(WORDS.length)]);
      case 2 -> Json.Num.of(random.nextInt(100));
      case 3 -> Json.of(random.nextBoolean());
      case 4 -> random.nextInt(3) == 0 ? Json.Null.NULL : new Json.Str("plain");
      case 5, 6, 7 -> object(random, depth, false);
      default -> {
        List<Json> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(value(random, depth - 1));
        }
        yield new Json.Arr(items);
      }
    };
  }

  /// Writes trees in ways that [YamlText] does not.
  private static final class Writer {
    private final Random random;
    private final int step;
    private final int dash;
    private final StringBuilder out = new StringBuilder();
    private int comments;

    Writer(Random random) {
      this.random = random;
      this.step = 1 + random.nextInt(4);
      this.dash = random.nextInt(3);
    }

    String stream(List<Json> trees) {
      for (Json tree : trees) {
        if (trees.size() > 1 || random.nextInt(3) == 0) {
          out.append(random.nextBoolean() ? "---\n" : "--- # c" + comments++ + "\n");
        }
        if (random.nextInt(8) == 0) {
          out.append(
                  BlockStyle.flow(
                      tree, org.snakeyaml.engine.v2.common.ScalarStyle.PLAIN, true, true))
              .append('\n');
        } else {
          object((Json.Obj) tree, 0, false);
        }
      }
      String text = out.toString();
      if (random.nextInt(4) == 0 && !text.endsWith("\n\n") && safe(trees)) {
        text = text.substring(0, text.length() - 1);
      }
      return random.nextInt(4) == 0 ? text.replace("\n", "\r\n") : text;
    }

    /// Whether the end of the text is not part of a value.
    private static boolean safe(List<Json> trees) {
      return !trees.toString().contains("\n");
    }

    private void object(Json.Obj o, int indent, boolean inline) {
      boolean[] first = {inline};
      o.forEach(
          (k, v) -> {
            if (!first[0]) {
              noise(indent);
              out.repeat(' ', indent);
            }
            first[0] = false;
            out.append(random.nextInt(4) == 0 ? YamlText.doubleQuoted(k) : YamlText.scalar(k));
            out.append(':');
            below(v, indent);
          });
    }

    private void below(Json v, int indent) {
      switch (v) {
        case Json.Obj o when o.size() > 0 && random.nextInt(5) > 0 -> {
          eol();
          object(o, indent + step, false);
        }
        case Json.Arr(var items) when !items.isEmpty() && random.nextInt(5) > 0 -> {
          eol();
          for (Json i : items) {
            noise(indent + dash);
            out.repeat(' ', indent + dash).append("- ");
            item(i, indent + dash);
          }
        }
        case Json.Str(var s) when YamlText.literal(s) && random.nextInt(4) > 0 -> {
          out.append(' ').append(BlockStyle.header(v));
          lines(s, indent + step);
        }
        case Json.Null _ when random.nextBoolean() -> eol();
        case Json.Obj _,
            Json.Arr _,
            Json.Str _,
            Json.Num _,
            Json.Bool _,
            Json.Null _,
            Json.Missing _ -> {
          out.append(" ".repeat(1 + random.nextInt(2)));
          flow(v);
          eol();
        }
      }
    }

    private void item(Json v, int column) {
      switch (v) {
        case Json.Obj o when o.size() > 0 && random.nextInt(5) > 0 -> object(o, column + 2, true);
        case Json.Str(var s) when YamlText.literal(s) && random.nextInt(4) > 0 -> {
          out.append(BlockStyle.header(v));
          lines(s, column + 2);
        }
        case Json.Obj _,
            Json.Arr _,
            Json.Str _,
            Json.Num _,
            Json.Bool _,
            Json.Null _,
            Json.Missing _ -> {
          flow(v);
          eol();
        }
      }
    }

    private void lines(String s, int indent) {
      out.append('\n');
      s.lines().forEach(l -> out.append(l.isEmpty() ? "" : " ".repeat(indent) + l).append('\n'));
    }

    private void flow(Json v) {
      String written =
          BlockStyle.flow(v, org.snakeyaml.engine.v2.common.ScalarStyle.PLAIN, false, false);
      boolean single =
          v instanceof Json.Str(var s) && s.matches("[a-z ]+") && random.nextInt(3) == 0;
      out.append(single ? "'" + v.text() + "'" : written);
    }

    private void eol() {
      if (random.nextInt(5) == 0) {
        out.append("  # c").append(comments++);
      }
      out.append('\n');
    }

    private void noise(int indent) {
      // Blank lines and comments behind a block scalar would be part of it.
      boolean keeps = out.toString().endsWith("\n\n");
      if (random.nextInt(6) == 0 && !keeps && blockFree()) {
        out.repeat(' ', indent).append("# c").append(comments++).append('\n');
      }
    }

    private boolean blockFree() {
      return out.indexOf("|") < 0;
    }
  }
}
