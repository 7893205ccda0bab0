package dev.refloat.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// One wanted change of one field of a document: a value to set, or [Json.Missing] to remove it.
/// Setting a field creates the objects above it. An index may be one past the end: that appends.
///
/// @param path from the root of the object, never empty
public record FieldEdit(List<Step> path, Json value) {

  /// One step down a tree.
  public sealed interface Step {}

  /// Into a field of an object.
  public record Key(String name) implements Step {
    @Override
    public String toString() {
      return name;
    }
  }

  /// Into an item of a list, counted from 0.
  public record Index(int at) implements Step {
    public Index {
      if (at < 0) {
        throw new IllegalArgumentException("an index counts from 0");
      }
    }

    @Override
    public String toString() {
      return "[" + at + "]";
    }
  }

  public FieldEdit {
    path = List.copyOf(path);
    if (path.isEmpty()) {
      throw new IllegalArgumentException("an edit needs a field");
    }
  }

  /// Sets a field below object fields only.
  public static FieldEdit set(Json value, String... path) {
    return new FieldEdit(keys(path), value);
  }

  /// Removes a field below object fields only.
  public static FieldEdit remove(String... path) {
    return new FieldEdit(keys(path), Json.Missing.MISSING);
  }

  private static List<Step> keys(String... path) {
    List<Step> steps = new ArrayList<>();
    for (String key : path) {
      steps.add(new Key(key));
    }
    return steps;
  }

  public boolean removes() {
    return value instanceof Json.Missing;
  }

  /// The field as people write it: `spec.values.hosts[0]`; keys with dots are quoted.
  public String field() {
    return path.stream()
        .map(
            s ->
                switch (s) {
                  case Key(var name) when name.indexOf('.') >= 0 -> ".\"" + name + "\"";
                  case Key(var name) -> "." + name;
                  case Index i -> i.toString();
                })
        .collect(Collectors.joining())
        .replaceFirst("^\\.", "");
  }

  /// The value that the field has in a tree.
  public Json in(Json tree) {
    Json here = tree;
    for (Step step : path) {
      here = step(here, step);
    }
    return here;
  }

  /// A tree in which the change is done.
  ///
  /// @throws IllegalArgumentException when something above the field is neither an object nor a
  /// list,
  ///     or when an index lies beyond the end of its list
  public Json applyTo(Json tree) {
    return apply(tree, 0);
  }

  private Json apply(Json here, int depth) {
    if (depth == path.size()) {
      return value;
    }
    Step step = path.get(depth);
    Json before = step(here, step);
    if (removes() && before instanceof Json.Missing) {
      return here;
    }
    Json after = apply(before, depth + 1);
    return switch (step) {
      case Key(var name) ->
          switch (here) {
            case Json.Obj o ->
                after instanceof Json.Missing ? o.without(name) : o.with(name, after);
            case Json.Missing _, Json.Null _ -> Json.emptyObject().with(name, after);
            case Json.Arr _, Json.Str _, Json.Num _, Json.Bool _ ->
                throw misfit(depth, "is no object");
          };
      case Index(var at) ->
          switch (here) {
            case Json.Arr(var items) -> new Json.Arr(replace(items, at, after, depth));
            case Json.Missing _, Json.Null _ -> new Json.Arr(replace(List.of(), at, after, depth));
            case Json.Obj _, Json.Str _, Json.Num _, Json.Bool _ ->
                throw misfit(depth, "is no list");
          };
    };
  }

  private List<Json> replace(List<Json> items, int at, Json after, int depth) {
    if (at > items.size()) {
      throw misfit(depth, "has only " + items.size() + " items");
    }
    List<Json> out = new ArrayList<>(items);
    if (at == items.size()) {
      out.add(after);
    } else if (after instanceof Json.Missing) {
      out.remove(at);
    } else {
      out.set(at, after);
    }
    return out;
  }

  private IllegalArgumentException misfit(int depth, String why) {
    String where =
        depth == 0 ? "the document" : new FieldEdit(path.subList(0, depth), value).field();
    return new IllegalArgumentException(where + " " + why);
  }

  private static Json step(Json here, Step step) {
    return switch (step) {
      case Key(var name) -> here.get(name);
      case Index(var at) -> at < here.list().size() ? here.list().get(at) : Json.Missing.MISSING;
    };
  }
}
