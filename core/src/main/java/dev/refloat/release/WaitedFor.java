package dev.refloat.release;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An object that Helm's wait names: `Deployment/ns/name status: 'InProgress'` (poller), or
/// `resource Deployment/ns/name not ready. status: InProgress` (Helm's own watcher).
public record WaitedFor(String kind, String namespace, String name, String status) {

  private static final Pattern OBJECT =
      Pattern.compile("(\\w+)/(?:([\\w.-]+)/)?([\\w.:-]+)(?: not ready\\.)? status: '?(\\w+)'?");

  public static List<WaitedFor> in(String message) {
    List<WaitedFor> found = new ArrayList<>();
    Matcher m = OBJECT.matcher(message);
    while (m.find()) {
      String namespace = m.group(2) == null ? "" : m.group(2);
      found.add(new WaitedFor(m.group(1), namespace, m.group(3), m.group(4)));
    }
    return found;
  }
}
