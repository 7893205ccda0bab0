package dev.refloat.adapter.git;

import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Which objects a patch of kustomize is for (`target`, api/types/selector.go of kustomize 5).
final class PatchTarget {
  private static final int MAX_PATTERN = 300;
  private static final Pattern SET =
      Pattern.compile("\\s*([^\\s=!,]+)\\s+(in|notin)\\s*\\(([^)]*)\\)\\s*");

  private PatchTarget() {}

  static boolean selects(Json target, KustomizeBuild.Tracked object) throws Patches.Unclear {
    String apiVersion = object.current().get("apiVersion").text();
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    String version = apiVersion.substring(slash + 1);
    if (other(target, "group", group)
        || other(target, "version", version)
        || other(target, "kind", object.current().get("kind").text())) {
      return false;
    }
    String name = target.get("name").text();
    String namespace = target.get("namespace").text();
    boolean named = false;
    for (KustomizeBuild.Id id : object.ids()) {
      named |= matches(name, id.name()) && matches(namespace, id.namespace());
    }
    Json meta = object.current().get("metadata");
    return named
        && selects(target.get("labelSelector").text(), meta.get("labels").strings())
        && selects(target.get("annotationSelector").text(), meta.get("annotations").strings());
  }

  private static boolean other(Json target, String field, String value) {
    String wanted = target.get(field).text();
    return !wanted.isEmpty() && !wanted.equals(value);
  }

  /// A Go regular expression over the whole text. Long ones are refused, as Java backtracks.
  private static boolean matches(String pattern, String value) throws Patches.Unclear {
    if (pattern.isEmpty() || pattern.equals(value)) {
      return true;
    }
    if (pattern.length() > MAX_PATTERN || pattern.chars().filter(c -> c == '(').count() > 8) {
      throw new Patches.Unclear("its target is too long a pattern");
    }
    try {
      return Pattern.compile(pattern).matcher(value).matches();
    } catch (PatternSyntaxException e) {
      throw new Patches.Unclear("its target is no pattern");
    }
  }

  private static boolean selects(String selector, Map<String, String> labels)
      throws Patches.Unclear {
    for (String term : terms(selector)) {
      var set = SET.matcher(term);
      if (set.matches()) {
        List<String> values = List.of(set.group(3).replace(" ", "").split(",", -1));
        String has = labels.get(set.group(1));
        boolean among = has != null && values.contains(has);
        if (among != set.group(2).equals("in")) {
          return false;
        }
        continue;
      }
      String t = term.strip();
      int equals = t.indexOf('=');
      if (equals > 0) {
        boolean not = t.charAt(equals - 1) == '!';
        String key = t.substring(0, not ? equals - 1 : equals).strip();
        String value = t.substring(equals + 1).replaceFirst("^=", "").strip();
        if (value.equals(labels.get(key)) == not) {
          return false;
        }
      } else if (labels.containsKey(t.replaceFirst("^!", "")) == t.startsWith("!")) {
        return false;
      }
    }
    return true;
  }

  private static List<String> terms(String selector) {
    List<String> out = new ArrayList<>();
    int open = 0;
    int from = 0;
    for (int i = 0; i <= selector.length(); i++) {
      char c = i == selector.length() ? ',' : selector.charAt(i);
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && (open == 0 || i == selector.length())) {
        if (!selector.substring(from, i).isBlank()) {
          out.add(selector.substring(from, i));
        }
        from = i + 1;
      }
    }
    return out;
  }
}
