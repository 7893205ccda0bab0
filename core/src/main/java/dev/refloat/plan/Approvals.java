package dev.refloat.plan;

import dev.refloat.evidence.Kind;
import dev.refloat.model.ObjectRef;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Objects that a person named to allow a destructive step, as `kind/namespace/name`, or
/// `kind/name` for objects of the cluster. Kinds may be written as kubectl knows them.
public record Approvals(Set<String> named) {
  private static final Map<String, String> SHORT =
      Map.ofEntries(
          Map.entry("pvc", "persistentvolumeclaim"),
          Map.entry("pv", "persistentvolume"),
          Map.entry("po", "pod"),
          Map.entry("deploy", "deployment"),
          Map.entry("sts", "statefulset"),
          Map.entry("ds", "daemonset"),
          Map.entry("rs", "replicaset"),
          Map.entry("svc", "service"),
          Map.entry("cm", "configmap"),
          Map.entry("ns", "namespace"),
          Map.entry("sa", "serviceaccount"),
          Map.entry("ing", "ingress"),
          Map.entry("crd", "customresourcedefinition"),
          Map.entry("sc", "storageclass"),
          Map.entry("ks", "kustomization"),
          Map.entry("hr", "helmrelease"));

  public Approvals {
    named = Set.copyOf(named);
  }

  public boolean cover(ObjectRef object) {
    return named.stream().anyMatch(n -> names(n, object));
  }

  /// Whether a text names an object: kind, namespace and name, all of them.
  public static boolean names(String text, ObjectRef object) {
    String[] parts = text.strip().split("/", -1);
    boolean cluster = object.namespace().isEmpty();
    if (parts.length != (cluster ? 2 : 3)) {
      return false;
    }
    String kind = parts[0].toLowerCase(Locale.ROOT);
    int dot = kind.indexOf('.');
    if (dot > 0) {
      String group = kind.substring(dot + 1);
      if (!group.equals(object.group())) {
        return false;
      }
      kind = kind.substring(0, dot);
    }
    String wanted = object.kind().toLowerCase(Locale.ROOT);
    String plural = Kind.of(object.group(), object.kind()).map(Kind::plural).orElse(wanted + "s");
    boolean sameKind =
        kind.equals(wanted) || kind.equals(plural) || wanted.equals(SHORT.getOrDefault(kind, ""));
    return sameKind
        && parts[parts.length - 1].equals(object.name())
        && (cluster || parts[1].equals(object.namespace()));
  }

  /// How an object is named in an approval: `pvc/ai/data-0`.
  public static String word(ObjectRef object) {
    String wanted = object.kind().toLowerCase(Locale.ROOT);
    String kind =
        wanted.equals("persistentvolumeclaim")
            ? "pvc"
            : wanted.equals("helmrelease") ? "hr" : wanted;
    return object.namespace().isEmpty()
        ? kind + "/" + object.name()
        : kind + "/" + object.namespace() + "/" + object.name();
  }
}
