package dev.refloat.cli;

import dev.refloat.release.ReleaseRef;
import dev.refloat.release.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which releases the user asked for.
///
/// @param namespace empty: all
/// @param names empty: all of the namespace
record Target(Optional<String> namespace, List<Name> names, Map<String, String> labels) {

  /// A release as it was typed.
  ///
  /// @param namespace where it was given, or follows from `-n` or the context
  record Name(Optional<String> namespace, String name) {
    boolean is(ReleaseRef ref) {
      return name.equals(ref.name()) && namespace.map(ref.namespace()::equals).orElse(true);
    }

    String display() {
      return namespace.map(n -> n + "/").orElse("") + name;
    }
  }

  static final Set<String> ALIASES =
      Set.of(
          "hr",
          "helmrelease",
          "helmreleases",
          "helmrelease.helm.toolkit.fluxcd.io",
          "helmreleases.helm.toolkit.fluxcd.io",
          "HelmRelease");

  Target {
    names = List.copyOf(names);
    labels = Map.copyOf(labels);
  }

  /// @param contextNamespace of a live cluster; a snapshot has none, and all its namespaces are
  ///     looked at unless one is named
  static Target of(Arguments arguments, Optional<String> contextNamespace) {
    Optional<String> namespace =
        arguments.flag("--all-namespaces")
            ? Optional.empty()
            : arguments.text("--namespace").or(() -> contextNamespace);
    List<String> words = arguments.words();
    // As in `kubectl get hr NAME`.
    if (words.size() > 1 && ALIASES.contains(words.getFirst())) {
      words = words.subList(1, words.size());
    }
    List<Name> names = new ArrayList<>();
    for (String word : words) {
      names.add(name(word, namespace));
    }
    Map<String, String> labels = labels(arguments.text("--selector").orElse(""));
    if (!names.isEmpty() && !labels.isEmpty()) {
      throw new CommandException(
          "names and a selector do not go together", null, "leave one of them out");
    }
    return new Target(namespace, names, labels);
  }

  /// The same for a command whose arguments are not names of releases.
  static Target everything(Arguments arguments, Optional<String> contextNamespace) {
    Optional<String> namespace =
        arguments.flag("--all-namespaces")
            ? Optional.empty()
            : arguments.text("--namespace").or(() -> contextNamespace);
    return new Target(namespace, List.of(), labels(arguments.text("--selector").orElse("")));
  }

  private static Name name(String word, Optional<String> namespace) {
    int slash = word.indexOf('/');
    if (slash < 0) {
      return new Name(namespace, checked(word, word));
    }
    String first = word.substring(0, slash);
    String second = checked(word.substring(slash + 1), word);
    if (ALIASES.contains(first)) {
      return new Name(namespace, second);
    }
    return new Name(Optional.of(checked(first, word)), second);
  }

  private static String checked(String name, String word) {
    boolean valid =
        !name.isEmpty()
            && name.length() <= 253
            && name.chars()
                .allMatch(
                    c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.');
    if (!valid) {
      throw new CommandException(
          "'" + word + "' cannot be the name of a release",
          "names have lower-case letters, digits, '-' and '.'",
          "write NAME, hr/NAME or NAMESPACE/NAME");
    }
    return name;
  }

  private static Map<String, String> labels(String selector) {
    Map<String, String> labels = new LinkedHashMap<>();
    if (selector.isEmpty()) {
      return labels;
    }
    for (String part : selector.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals <= 0 || part.charAt(equals - 1) == '!') {
        throw new CommandException(
            "selector '" + part.strip() + "' is not understood",
            "only key=value is",
            "write it like -l team=shop,tier=web");
      }
      String value = part.substring(equals + 1).strip();
      labels.put(
          part.substring(0, equals).strip(), value.startsWith("=") ? value.substring(1) : value);
    }
    return labels;
  }

  /// Whether one release was asked for by name.
  boolean single() {
    return names.size() == 1;
  }

  /// The smallest scope that holds what was asked for.
  Scope scope() {
    if (single() && names.getFirst().namespace().isPresent()) {
      Name only = names.getFirst();
      return Scope.release(new ReleaseRef(only.namespace().orElseThrow(), only.name()));
    }
    if (names.isEmpty()) {
      return new Scope(namespace, Optional.empty(), labels);
    }
    Optional<String> first = names.getFirst().namespace();
    boolean same = names.stream().allMatch(n -> n.namespace().equals(first));
    return same && first.isPresent() ? Scope.namespace(first.get()) : Scope.everywhere();
  }

  boolean wants(ReleaseRef ref) {
    return names.isEmpty() || names.stream().anyMatch(n -> n.is(ref));
  }

  /// As it follows a number of releases: `in namespace ai`.
  String where() {
    if (!names.isEmpty()) {
      return "of those named";
    }
    String place = namespace.map(n -> "in namespace " + n).orElse("in all namespaces");
    return labels.isEmpty() ? place : place + " with these labels";
  }
}
