package dev.refloat.rule;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A text with names in braces: `Pod {pod.name} cannot pull {image}`. A name may carry a fallback:
/// `{why|no reason given}`. Where a name has no value and no fallback, nothing is put in its place.
/// Names side by side are alternatives: `{claim.name}{event.name}` is the first that has a value.
public record Template(String text) {
  private static final Pattern NAME =
      Pattern.compile("\\{([a-zA-Z][a-zA-Z0-9.-]*)(?:\\|([^{}]*))?}");
  private static final Pattern PLAIN = Pattern.compile("[\\w.:/@=+,%-]*");
  private static final Pattern GAPS = Pattern.compile(" {2,}");

  /// The names this text uses.
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    Matcher m = NAME.matcher(text);
    while (m.find()) {
      names.add(m.group(1));
    }
    return names;
  }

  public String fill(Map<String, String> bindings) {
    return fill(bindings, value -> value);
  }

  /// Fills a text that a person pastes into a shell. Names and messages come from the cluster,
  /// where
  /// anybody may have written `$(…)` into them: a value with a character that a shell could
  /// understand
  /// is not put in, and its name stands there instead.
  public String fillCommand(Map<String, String> bindings) {
    return fill(
        bindings, value -> PLAIN.matcher(value).matches() ? value : "VALUE_NOT_SAFE_TO_PASTE");
  }

  private String fill(Map<String, String> bindings, UnaryOperator<String> guard) {
    Matcher m = NAME.matcher(text);
    StringBuilder out = new StringBuilder();
    int end = -1;
    boolean found = false;
    while (m.find()) {
      found = found && m.start() == end;
      end = m.end();
      String value = found ? "" : guard.apply(bindings.getOrDefault(m.group(1), ""));
      String otherwise = m.group(2);
      if (value.isEmpty() && otherwise != null && !found) {
        value = otherwise;
      }
      found |= !value.isEmpty();
      m.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    m.appendTail(out);
    return GAPS.matcher(out.toString()).replaceAll(" ").strip();
  }
}
