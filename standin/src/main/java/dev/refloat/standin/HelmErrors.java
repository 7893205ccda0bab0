package dev.refloat.standin;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Turns what the `helm` program says into what helm-controller's conditions say of the same
/// failure. Both come from one library; the program adds a prefix and a log, and waits with another
/// implementation, which words a timeout in its own way.
final class HelmErrors {
  private static final Pattern PREFIX =
      Pattern.compile("^(?:INSTALLATION FAILED|UPGRADE FAILED|ROLLBACK FAILED|UNINSTALL FAILED): ");

  private static final Pattern NOT_READY =
      Pattern.compile("resource (\\S+) not ready\\. status: (\\w+)(?:, message: .*)?");

  private HelmErrors() {}

  static String text(String words) {
    List<String> lines = new ArrayList<>();
    boolean error = false;
    for (String line : words.lines().toList()) {
      if (line.startsWith("Error: ")) {
        error = true;
        lines.clear();
        lines.add(line.substring("Error: ".length()));
      } else if (error && !line.startsWith("level=")) {
        lines.add(line);
      }
    }
    String text = error ? String.join("\n", lines).strip() : words.strip();
    return waiting(PREFIX.matcher(text).replaceFirst(""));
  }

  private static String waiting(String text) {
    List<String> objects = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    Matcher m = NOT_READY.matcher(text);
    int first = -1;
    while (m.find()) {
      first = first < 0 ? m.start() : first;
      if (m.group(2).equals("Failed")) {
        failed.add(m.group(1) + " status: 'Failed'");
      }
      objects.add(m.group(1) + " status: '" + m.group(2) + "'");
    }
    if (objects.isEmpty()) {
      return text;
    }
    boolean early = !failed.isEmpty() && !text.contains("context deadline exceeded");
    return text.substring(0, first)
        + (early ? "failed early due to stalled resources: [" : "timeout waiting for: [")
        + String.join(", ", early ? failed : objects)
        + "]";
  }
}
