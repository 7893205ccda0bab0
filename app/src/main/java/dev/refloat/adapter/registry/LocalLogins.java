package dev.refloat.adapter.registry;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The logins that Helm and Docker keep on this machine: `helm repo add --username`, `helm registry
/// login`, `docker login`. Credential programs are not run.
public final class LocalLogins {
  /// No logins.
  public static final LocalLogins NONE = new LocalLogins(List.of(), new DockerConfig());

  private static final Limits FILE = new Limits(4 << 20, 20, 200_000);

  private final List<Repository> repositories;
  private final DockerConfig registries;

  private record Repository(String url, Login login) {}

  private LocalLogins(List<Repository> repositories, DockerConfig registries) {
    this.repositories = repositories;
    this.registries = registries;
  }

  /// Reads them where Helm looks: `HELM_REPOSITORY_CONFIG`, `HELM_REGISTRY_CONFIG`,
  /// `HELM_CONFIG_HOME`, `XDG_CONFIG_HOME`, `DOCKER_CONFIG`. What cannot be read is passed over.
  public static LocalLogins of(Map<String, String> env, Path home) {
    Path config =
        set(env, "HELM_CONFIG_HOME")
            .map(Path::of)
            .orElseGet(
                () ->
                    set(env, "XDG_CONFIG_HOME")
                        .map(Path::of)
                        .orElseGet(() -> helmHome(home))
                        .resolve("helm"));
    List<Repository> repositories = new ArrayList<>();
    Path file =
        set(env, "HELM_REPOSITORY_CONFIG")
            .map(Path::of)
            .orElseGet(() -> config.resolve("repositories.yaml"));
    for (Json r : yaml(file).get("repositories").list()) {
      if (!r.get("username").text().isEmpty()) {
        repositories.add(
            new Repository(
                plain(r.get("url").text()),
                new Login(r.get("username").text(), r.get("password").text())));
      }
    }
    DockerConfig registries = new DockerConfig();
    add(
        registries,
        set(env, "HELM_REGISTRY_CONFIG")
            .map(Path::of)
            .orElseGet(() -> config.resolve("registry").resolve("config.json")));
    add(
        registries,
        set(env, "DOCKER_CONFIG")
            .map(Path::of)
            .orElseGet(() -> home.resolve(".docker"))
            .resolve("config.json"));
    return new LocalLogins(repositories, registries);
  }

  private static Path helmHome(Path home) {
    String os = System.getProperty("os.name", "");
    return os.startsWith("Mac")
        ? home.resolve("Library").resolve("Preferences")
        : home.resolve(".config");
  }

  private static Optional<String> set(Map<String, String> env, String name) {
    return Optional.ofNullable(env.get(name)).filter(v -> !v.isBlank());
  }

  private static Json yaml(Path file) {
    if (!Files.isRegularFile(file)) {
      return Json.Missing.MISSING;
    }
    try (InputStream in = Files.newInputStream(file)) {
      List<Json> documents = YamlTrees.read(file.toString(), in, FILE);
      return documents.isEmpty() ? Json.Missing.MISSING : documents.getFirst();
    } catch (IOException e) {
      return Json.Missing.MISSING;
    }
  }

  private static void add(DockerConfig logins, Path file) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    try (InputStream in = Files.newInputStream(file)) {
      logins.add(new String(in.readNBytes((int) FILE.bytes()), StandardCharsets.UTF_8));
    } catch (MalformedInput e) {
      // Helm would say so; a login that is missing is told by the registry.
    } catch (IOException e) {
      // As above.
    }
  }

  private static String plain(String url) {
    return url.strip().replaceFirst("/+$", "");
  }

  /// The login of an HTTP repository.
  Optional<Login> ofRepository(String url) {
    return repositories.stream()
        .filter(r -> r.url().equals(plain(url)))
        .map(Repository::login)
        .findFirst();
  }

  /// The login of a repository in a registry.
  Optional<Login> ofRegistry(String registry, String repository) {
    return registries.loginFor(registry, repository);
  }
}
