package dev.refloat.adapter.git;

import dev.refloat.lint.Sources;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.port.GitFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The files of other Git repositories at the commits that Flux would take now. Fetched are single
/// commits without history and without large files, over HTTPS alone, with the logins that git has
/// itself; what was fetched stays in the user's cache. Nothing is checked out, so that no filters
/// or
/// hooks run.
public final class FetchedSources {
  private static final Duration ASKING = Duration.ofSeconds(20);
  private static final Duration FETCHING = Duration.ofSeconds(60);
  private static final String BLOBS = "--filter=blob:limit=8m";
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final Pattern LINE = Pattern.compile("(?m)^([0-9a-f]{40,64})\\t(\\S+)$");
  private static final Pattern REF = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/+-]{0,200}");
  private static final String NEXT = "Name a clone of it under sources in .refloat.yaml.";

  private final GitProgram git = new GitProgram("git");
  private final Path cache;
  private final boolean offline;
  private final String scheme;

  /// @param cache the user's folder for what can be had again
  /// @param offline whether nobody is asked
  public FetchedSources(Path cache, boolean offline) {
    this(cache, offline, "https");
  }

  FetchedSources(Path cache, boolean offline, String scheme) {
    this.cache = cache.resolve("git");
    this.offline = offline;
    this.scheme = scheme;
  }

  /// The files of a GitRepository.
  ///
  /// @throws GitFailure when they cannot be had
  public Sources files(Resource repository) throws GitFailure {
    String url = repository.spec("url").text();
    if (!url.startsWith(scheme + "://")) {
      throw new GitFailure("It is not fetched over " + scheme, NEXT);
    }
    try {
      Path folder = cache.resolve(digest(url));
      if (!Files.isDirectory(folder.resolve("objects"))) {
        Files.createDirectories(folder);
        git.must(folder, ASKING, NEXT, "init", "--quiet", "--bare");
      }
      String commit = commit(folder, url, repository.spec("ref"));
      if (!git.run(folder, ASKING, "cat-file", "-e", commit + "^{commit}").ok()) {
        if (offline) {
          throw new GitFailure("It is not in the cache", "Run once without --offline.");
        }
        remote(
            folder,
            FETCHING,
            "fetch",
            "--quiet",
            "--depth=1",
            "--no-tags",
            BLOBS,
            "--",
            url,
            commit);
      }
      return RepositoryReader.files(CommittedFiles.at(folder, commit));
    } catch (IOException e) {
      throw new GitFailure(
          "The cache cannot be used: " + e.getMessage(), "See that it can be written.");
    }
  }

  /// The commit of a reference, in the order of source-controller: commit, name, semver, tag,
  /// branch.
  private String commit(Path folder, String url, Json ref) throws GitFailure, IOException {
    String given = ref.get("commit").text();
    if (COMMIT.matcher(given).matches()) {
      return given;
    }
    if (!ref.get("semver").text().isEmpty() && ref.get("name").text().isEmpty()) {
      throw new GitFailure("Its ref is a range of versions, which is not looked up", NEXT);
    }
    String name = ref.get("name").text();
    if (name.isEmpty()) {
      name =
          ref.get("tag").text().isEmpty()
              ? "refs/heads/" + ref.get("branch").text("master")
              : "refs/tags/" + ref.get("tag").text();
    }
    if (!REF.matcher(name).matches()) {
      throw new GitFailure("Its ref is no name that git allows", "Correct spec.ref.");
    }
    Path last = folder.resolve("refloat-" + digest(name));
    if (offline) {
      if (!Files.isRegularFile(last)) {
        throw new GitFailure("It is not in the cache", "Run once without --offline.");
      }
      return known(Files.readString(last));
    }
    String answer = remote(folder, ASKING, "ls-remote", "--", url, name, name + "^{}");
    String commit = "";
    Matcher m = LINE.matcher(answer);
    while (m.find()) {
      // Of a tag with a message, the commit that it stands for comes last.
      commit = m.group(1);
    }
    if (commit.isEmpty()) {
      throw new GitFailure("It has no " + name, "Correct spec.ref.");
    }
    Files.writeString(last, commit);
    return commit;
  }

  private static String known(String text) throws GitFailure {
    if (!COMMIT.matcher(text.strip()).matches()) {
      throw new GitFailure("The cache is damaged", "Run once without --offline.");
    }
    return text.strip();
  }

  private String remote(Path folder, Duration limit, String... arguments) throws GitFailure {
    List<String> all =
        new ArrayList<>(
            List.of(
                "-c",
                "protocol.allow=never",
                "-c",
                "protocol." + scheme + ".allow=always",
                "-c",
                "core.askPass=true",
                "-c",
                "credential.interactive=false"));
    all.addAll(List.of(arguments));
    return git.must(folder, limit, NEXT, all.toArray(String[]::new));
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
