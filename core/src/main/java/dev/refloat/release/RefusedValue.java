package dev.refloat.release;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which path of the values a chart refuses, by the words of Helm 3 and Helm 4.
///
/// @param path from the top of the release's values
/// @param certain whether the message names the path, and not only speaks of something that looks
///     like one
public record RefusedValue(List<String> path, boolean certain) {

  private static final Pattern RELEASED = Pattern.compile("with chart ([^\\s@:]{1,250})@");
  private static final Pattern SCHEMA =
      Pattern.compile(
          "specifications of the schema\\(s\\) in the following chart\\(s\\):\\s*(\\S{1,250}?):\\s*\\n?\\s*-?\\s*"
              + "(?:at '([^'\\n]{0,500})'|([^\\s:']{1,500})): ([^\\n]{0,1000})");
  private static final Pattern PROPERTY =
      Pattern.compile(
          "additional propert(?:y|ies) '([^'\\n]{1,250})'|missing propert(?:y|ies):? '([^'\\n]{1,250})'"
              + "|Additional property (\\S{1,250}) is not allowed|^(\\S{1,250}) is required");
  private static final Pattern TEMPLATE =
      Pattern.compile("execution error at \\([^)\\n]{1,300}\\):\\s*([^\\n]{1,1000})");
  private static final Pattern VALUES_PATH =
      Pattern.compile("\\.?Values\\.([A-Za-z_][\\w-]{0,80}(?:\\.[A-Za-z_][\\w-]{0,80}){0,12})");
  private static final Pattern DOTTED =
      Pattern.compile(
          "(?<![\\w./-])([a-z_][\\w-]{0,80}(?:\\.[A-Za-z_][\\w-]{0,80}){1,12})(?![\\w/-]|\\.\\w)");

  public RefusedValue {
    path = List.copyOf(path);
  }

  /// Whether a failure speaks of values that the chart refuses.
  public static boolean speaksOf(String message) {
    return SCHEMA.matcher(message).find() || TEMPLATE.matcher(message).find();
  }

  /// The paths that a message names, the likeliest first; none where it names none.
  public static List<RefusedValue> in(String message) {
    Matcher schema = SCHEMA.matcher(message);
    if (schema.find()) {
      return ofSchema(message, schema).map(List::of).orElse(List.of());
    }
    Matcher template = TEMPLATE.matcher(message);
    if (!template.find()) {
      return List.of();
    }
    List<RefusedValue> found = new ArrayList<>();
    for (Pattern p : List.of(VALUES_PATH, DOTTED)) {
      Matcher m = p.matcher(template.group(1));
      while (m.find() && found.size() < 5) {
        found.add(new RefusedValue(steps(m.group(1)), p == VALUES_PATH));
      }
    }
    return found;
  }

  private static Optional<RefusedValue> ofSchema(String message, Matcher schema) {
    List<String> path = new ArrayList<>();
    Matcher released = RELEASED.matcher(message);
    boolean told = released.find();
    boolean top = told && released.group(1).equals(schema.group(1));
    // values of a subchart are below its name (Helm calls it by its alias, where it has one); of a
    // subchart's subchart only the last name is told
    if (told && !top) {
      path.add(schema.group(1));
    }
    if (schema.group(2) != null) {
      Arrays.stream(schema.group(2).split("/"))
          .filter(s -> !s.isEmpty())
          .map(s -> s.replace("~1", "/").replace("~0", "~"))
          .forEach(path::add);
    } else if (!schema.group(3).equals("(root)")) {
      path.addAll(steps(schema.group(3)));
    }
    Matcher property = PROPERTY.matcher(schema.group(4));
    if (property.find()) {
      for (int g = 1; g <= property.groupCount(); g++) {
        if (property.group(g) != null) {
          path.add(property.group(g));
        }
      }
    }
    int index = 0;
    while (index < path.size() && !path.get(index).matches("\\d{1,6}")) {
      index++;
    }
    List<String> keys = path.subList(0, index);
    return keys.isEmpty() ? Optional.empty() : Optional.of(new RefusedValue(keys, top));
  }

  private static List<String> steps(String dotted) {
    return Arrays.stream(dotted.split("\\.")).filter(s -> !s.isEmpty()).toList();
  }
}
