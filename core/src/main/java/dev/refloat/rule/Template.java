package dev.refloat.rule;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A text with names in braces: `Pod {pod.name} cannot pull {image}`. A name may carry a fallback:
/// `{why|no reason given}`. Where a name has no value and no fallback, nothing is put in its place.
public record Template(String text) {
  private static final Pattern NAME =
      Pattern.compile("\\{([a-zA-Z][a-zA-Z0-9.-]*)(?:\\|([^{}]*))?}");
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
    Matcher m = NAME.matcher(text);
    StringBuilder out = new StringBuilder();
    while (m.find()) {
      String value = bindings.getOrDefault(m.group(1), "");
      String otherwise = m.group(2);
      if (value.isEmpty() && otherwise != null) {
        value = otherwise;
      }
      m.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    m.appendTail(out);
    return GAPS.matcher(out.toString()).replaceAll(" ").strip();
  }
}
