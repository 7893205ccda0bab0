package dev.refloat.adapter.chart;

import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;

/// Sets one value at a path as `helm --set` writes it (`pkg/strvals` of Helm 4): `a.b[0].c`, with
/// `\` before a dot that belongs to a key.
final class ValuePath {
  /// As Helm's MaxIndex and MaxNestedNameLevel, lower: a hostile path must not cost memory.
  private static final int MOST_INDEX = 1024;

  private static final int DEEPEST = 30;

  private ValuePath() {}

  /// A path that is none, or that what is there does not allow.
  static final class Misfit extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    Misfit(String message) {
      super(message);
    }
  }

  private sealed interface Step {}

  private record Key(String name) implements Step {}

  private record Index(int at) implements Step {}

  /// @param literal whether the value is a text as it stands
  static Json set(Json tree, String path, String value, boolean literal) throws Misfit {
    return set(tree, steps(path), 0, literal ? new Json.Str(value) : value(value));
  }

  private static List<Step> steps(String path) throws Misfit {
    List<Step> steps = new ArrayList<>();
    StringBuilder key = new StringBuilder();
    boolean afterIndex = false;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\' && i + 1 < path.length()) {
        key.append(path.charAt(++i));
        afterIndex = false;
      } else if (c == '.' || c == '[') {
        if (!key.isEmpty()) {
          steps.add(new Key(key.toString()));
          key.setLength(0);
        } else if (!afterIndex) {
          throw new Misfit("a key is empty");
        }
        afterIndex = false;
        if (c == '[') {
          int end = path.indexOf(']', i);
          if (end < 0 || steps.isEmpty()) {
            throw new Misfit("a bracket has no counterpart");
          }
          steps.add(new Index(index(path.substring(i + 1, end))));
          i = end;
          afterIndex = true;
        }
      } else {
        key.append(c);
        afterIndex = false;
      }
    }
    if (!key.isEmpty()) {
      steps.add(new Key(key.toString()));
    }
    if (steps.isEmpty() || steps.size() > DEEPEST) {
      throw new Misfit("it is empty or too deep");
    }
    return steps;
  }

  private static int index(String digits) throws Misfit {
    try {
      int at = Integer.parseInt(digits);
      if (at >= 0 && at <= MOST_INDEX) {
        return at;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Misfit("[" + digits + "] is no index");
  }

  /// Quotes make a text of it; else it is what it looks like.
  private static Json value(String text) throws Misfit {
    if (text.length() >= 2
        && ((text.startsWith("\"") && text.endsWith("\""))
            || (text.startsWith("'") && text.endsWith("'")))) {
      return new Json.Str(text.substring(1, text.length() - 1).replace("\\", ""));
    }
    if (text.startsWith("{") && text.endsWith("}")) {
      List<Json> items = new ArrayList<>();
      for (String item : text.substring(1, text.length() - 1).split("(?<!\\\\),", -1)) {
        items.add(typed(item.replace("\\", "")));
      }
      return new Json.Arr(items);
    }
    if (text.matches("(?s).*(?<!\\\\),.*")) {
      throw new Misfit("the value has a comma, which Helm takes for the next path; quote it");
    }
    return typed(text.replace("\\", ""));
  }

  private static Json typed(String text) {
    return switch (text) {
      case "true" -> Json.Bool.TRUE;
      case "false" -> Json.Bool.FALSE;
      case "null" -> Json.Null.NULL;
      case "0" -> Json.Num.of(0);
      default ->
          text.matches("[+-]?[1-9][0-9]{0,17}")
              ? new Json.Num(text.replaceFirst("^\\+", ""))
              : new Json.Str(text);
    };
  }

  private static Json set(Json here, List<Step> steps, int depth, Json value) throws Misfit {
    if (depth == steps.size()) {
      return value;
    }
    return switch (steps.get(depth)) {
      case Key(var name) -> {
        Json.Obj o =
            switch (here) {
              case Json.Obj given -> given;
              case Json.Missing _, Json.Null _ -> Json.emptyObject();
              case Json.Arr _, Json.Str _, Json.Num _, Json.Bool _ ->
                  throw new Misfit("what is above " + name + " is no mapping");
            };
        yield o.with(name, set(o.get(name), steps, depth + 1, value));
      }
      case Index(var at) -> {
        List<Json> items =
            switch (here) {
              case Json.Arr(var given) -> new ArrayList<>(given);
              case Json.Missing _, Json.Null _ -> new ArrayList<>();
              case Json.Obj _, Json.Str _, Json.Num _, Json.Bool _ ->
                  throw new Misfit("what is above [" + at + "] is no list");
            };
        while (items.size() <= at) {
          items.add(Json.Null.NULL);
        }
        items.set(at, set(items.get(at), steps, depth + 1, value));
        yield new Json.Arr(items);
      }
    };
  }
}
