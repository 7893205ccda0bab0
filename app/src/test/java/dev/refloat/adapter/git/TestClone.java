package dev.refloat.adapter.git;

import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.port.GitFailure;
import dev.refloat.port.GitRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A repository made by the real git in a temporary folder.
final class TestClone {
  static final ObjectRef PODINFO =
      new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", "apps", "podinfo");

  final Path root;

  TestClone(Path folder) {
    this.root = folder;
    run("init", "-q", "-b", "main");
    run("config", "user.name", "Test");
    run("config", "user.email", "test@example.com");
    run("config", "commit.gpgsign", "false");
  }

  static String release(String name, String spec) {
    return """
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata:
      name: %s
    spec:
    %s\
    """
        .formatted(name, spec.indent(2));
  }

  TestClone file(String path, String text) {
    try {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return this;
  }

  TestClone commit() {
    run("add", "-A");
    run("commit", "-q", "--allow-empty", "-m", "state");
    return this;
  }

  ClonedRepository open() throws GitFailure {
    return ClonedRepository.open(root);
  }

  String read(String path) throws IOException {
    return Files.readString(root.resolve(path));
  }

  String run(String... arguments) {
    return git(root, arguments);
  }

  static String git(Path folder, String... arguments) {
    try {
      GitProgram.Result r =
          new GitProgram("git").run(folder, java.time.Duration.ofSeconds(60), arguments);
      if (!r.ok()) {
        throw new AssertionError(r.errors());
      }
      return r.out();
    } catch (GitFailure e) {
      throw new AssertionError(e);
    }
  }

  /// A Flux Kustomization as the cluster has it.
  static Optional<GitRepository.Owner> owner(String path, String more) {
    try {
      Json root =
          YamlTrees.read(
                  "owner",
                  """
                  apiVersion: kustomize.toolkit.fluxcd.io/v1
                  kind: Kustomization
                  metadata: {name: apps, namespace: flux-system}
                  spec:
                    path: %s
                  %s\
                  """
                      .formatted(path, more.indent(2)))
              .getFirst();
      return Optional.of(
          new GitRepository.Owner(Resource.of(root), Optional.empty(), Optional.empty()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  GitRepository.Location located(Optional<GitRepository.Owner> owner) throws GitFailure {
    GitRepository.Search found = open().locate(PODINFO, owner);
    if (found instanceof GitRepository.Location l) {
      return l;
    }
    throw new AssertionError(found.toString());
  }

  GitRepository.Proposal propose(Optional<GitRepository.Owner> owner, FieldEdit... edits)
      throws GitFailure {
    return open().propose(located(owner), List.of(edits));
  }

  GitRepository.Change change(Optional<GitRepository.Owner> owner, FieldEdit... edits)
      throws GitFailure {
    GitRepository.Proposal p = propose(owner, edits);
    if (p instanceof GitRepository.Change c) {
      return c;
    }
    throw new AssertionError(p.toString());
  }

  static FieldEdit set(String value, String... path) {
    return FieldEdit.set(new Json.Str(value), path);
  }
}
