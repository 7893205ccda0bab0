package dev.refloat.adapter.kubernetes;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// One or more kubeconfig files, merged as client-go merges them: the first file that names a
/// cluster,
/// user or context, or a current context, wins; paths are relative to the file they stand in;
/// files of
/// the `KUBECONFIG` list that do not exist are passed over.
final class KubeConfig {

  /// Real ones have kilobytes; with many embedded certificates a few hundred.
  private static final Limits LIMITS = new Limits(4L * 1024 * 1024, 50, 200_000);

  /// A named part of a file.
  ///
  /// @param body without its name
  /// @param file where it stands
  record Entry(String name, Json body, Path file) {
    String text(String field) {
      return body.get(field).text();
    }

    /// A path written in the file, absolute.
    Optional<Path> path(String field) {
      String written = text(field);
      if (written.isEmpty()) {
        return Optional.empty();
      }
      Path parent = file.toAbsolutePath().getParent();
      return Optional.of(parent == null ? Path.of(written) : parent.resolve(written));
    }
  }

  /// The parts that one context puts together.
  record Selected(Entry context, Entry cluster, Entry user) {}

  private final List<Path> files;
  private final Map<String, Entry> clusters = new LinkedHashMap<>();
  private final Map<String, Entry> users = new LinkedHashMap<>();
  private final Map<String, Entry> contexts = new LinkedHashMap<>();
  private String currentContext = "";

  private KubeConfig(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /// Reads what the options and the environment name.
  ///
  /// @throws UnusableCluster when a file that was asked for is not there, or one cannot be read
  static KubeConfig load(ConnectionOptions options, Surroundings around) {
    if (options.kubeconfig().isPresent()) {
      Path file = options.kubeconfig().get();
      if (!Files.exists(file)) {
        throw new UnusableCluster(
            "kubeconfig " + file, "there is no such file", "Check the path given to --kubeconfig.");
      }
      return read(List.of(file));
    }
    List<Path> files = new ArrayList<>();
    Optional<String> list = around.variable("KUBECONFIG");
    if (list.isPresent()) {
      for (String name : list.get().split(Pattern.quote(File.pathSeparator), -1)) {
        if (!name.isBlank()) {
          files.add(Path.of(name));
        }
      }
      if (!files.isEmpty() && files.stream().noneMatch(Files::exists)) {
        throw new UnusableCluster(
            "KUBECONFIG=" + list.get(),
            files.size() == 1 ? "there is no such file" : "none of these files exists",
            "Set KUBECONFIG to your kubeconfig, or unset it to use ~/.kube/config.");
      }
    } else {
      files.add(around.home().resolve(".kube").resolve("config"));
    }
    return read(files.stream().filter(Files::exists).toList());
  }

  private static KubeConfig read(List<Path> files) {
    KubeConfig merged = new KubeConfig(files);
    for (Path file : files) {
      merged.add(parse(file), file);
    }
    return merged;
  }

  private static Json parse(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      List<Json> documents = YamlTrees.read(file.toString(), in, LIMITS);
      return documents.isEmpty() ? Json.emptyObject() : documents.getFirst();
    } catch (MalformedInput e) {
      String place = e.line() > 0 ? "line " + e.line() + ": " : "";
      throw unreadable(file, place + Words.line(e.problem()), null);
    } catch (IOException e) {
      throw unreadable(file, Words.of(e), e);
    }
  }

  private static UnusableCluster unreadable(
      Path file, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new UnusableCluster(
        "kubeconfig " + file, why, "Repair the file, or name another with --kubeconfig.", cause);
  }

  private void add(Json root, Path file) {
    if (!(root instanceof Json.Obj)) {
      throw unreadable(file, "it is not a kubeconfig", null);
    }
    addAll(clusters, root, "clusters", "cluster", file);
    addAll(users, root, "users", "user", file);
    addAll(contexts, root, "contexts", "context", file);
    if (currentContext.isEmpty()) {
      currentContext = root.get("current-context").text();
    }
  }

  private static void addAll(
      Map<String, Entry> into, Json root, String list, String field, Path file) {
    for (Json item : root.get(list).list()) {
      String name = item.get("name").text();
      into.putIfAbsent(name, new Entry(name, item.get(field), file));
    }
  }

  /// Whether there is nothing to connect with, so that a pod's own credentials are next.
  boolean isEmpty() {
    return clusters.isEmpty() && contexts.isEmpty();
  }

  /// In alphabetical order.
  List<String> contextNames() {
    return List.copyOf(new TreeSet<>(contexts.keySet()));
  }

  List<Path> files() {
    return files;
  }

  /// The parts of the wanted context, or of the current one.
  ///
  /// @throws UnusableCluster when it does not exist or names what does not exist
  Selected select(Optional<String> wanted) {
    String name = wanted.orElse(currentContext);
    if (name.isEmpty()) {
      throw new UnusableCluster(
          "kubeconfig " + where(),
          "no current context is set",
          "Name one with --context, or run: kubectl config use-context NAME. " + known(contexts));
    }
    Entry context = contexts.get(name);
    if (context == null) {
      throw new UnusableCluster(
          "context " + name, "kubeconfig " + where() + " has no such context", known(contexts));
    }
    String clusterName = context.text("cluster");
    Entry cluster = clusters.get(clusterName);
    if (cluster == null) {
      throw new UnusableCluster(
          "context " + name,
          clusterName.isEmpty()
              ? "it names no cluster"
              : "its cluster " + clusterName + " is not in kubeconfig " + where(),
          "Repair the context, or choose another with --context. " + known(contexts));
    }
    String userName = context.text("user");
    Entry user = users.get(userName);
    if (user == null) {
      if (!userName.isEmpty()) {
        throw new UnusableCluster(
            "context " + name,
            "its user " + userName + " is not in kubeconfig " + where(),
            "Repair the context, or choose another with --context. " + known(contexts));
      }
      user = new Entry("", Json.emptyObject(), context.file());
    }
    return new Selected(context, cluster, user);
  }

  private String where() {
    return String.join(File.pathSeparator, files.stream().map(Path::toString).toList());
  }

  private static String known(Map<String, Entry> entries) {
    return entries.isEmpty()
        ? "It has no contexts."
        : "Contexts: " + String.join(", ", new TreeSet<>(entries.keySet())) + ".";
  }
}
