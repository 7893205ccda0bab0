package dev.refloat.adapter.git;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.adapter.yaml.YamlTrees;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The files of a working tree, read within bounds and never outside of it: links that lead out are
/// not there. Paths are relative to the root, with `/`.
final class SourceTree {
  static final int MAX_BYTES = 4 << 20;
  private static final int MAX_FILES = 50_000;
  private static final long MAX_TOTAL = 512L << 20;
  private static final int MAX_DEPTH = 40;
  private static final Limits LIMITS = new Limits(MAX_BYTES, 100, 500_000);

  private final Path root;
  private final Map<String, String> instead;
  private final Map<String, Optional<Parsed>> parsed;
  private long total;

  /// A file of YAML documents.
  ///
  /// @param problem why it could not be read as YAML; then there are no documents
  record Parsed(String text, List<YamlNode> documents, String problem) {}

  SourceTree(Path root) {
    this(root, Map.of(), new HashMap<>());
  }

  private SourceTree(Path root, Map<String, String> instead, Map<String, Optional<Parsed>> parsed) {
    this.root = root;
    this.instead = instead;
    this.parsed = parsed;
  }

  /// The same tree with other texts in some files.
  SourceTree with(Map<String, String> texts) {
    Map<String, Optional<Parsed>> known = new HashMap<>(parsed);
    known.keySet().removeAll(texts.keySet());
    return new SourceTree(root, texts, known);
  }

  /// A path below a folder of the tree; nothing when it leads out.
  static Optional<String> resolve(String folder, String path) {
    if (path.startsWith("/") || path.indexOf('\\') >= 0 || path.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    for (String part : (folder + "/" + path).split("/", -1)) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          return Optional.empty();
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return Optional.of(String.join("/", parts));
  }

  boolean isFolder(String path) {
    return inside(path).filter(Files::isDirectory).isPresent();
  }

  boolean isFile(String path) {
    return instead.containsKey(path) || inside(path).filter(Files::isRegularFile).isPresent();
  }

  private Optional<Path> inside(String path) {
    try {
      Path real = root.resolve(path).toRealPath();
      boolean git = real.startsWith(root.resolve(".git"));
      return real.startsWith(root) && !git ? Optional.of(real) : Optional.empty();
    } catch (IOException | java.nio.file.InvalidPathException e) {
      return Optional.empty();
    }
  }

  /// A file's documents; nothing when there is no such file.
  Optional<Parsed> read(String path) {
    Optional<Parsed> known = parsed.get(path);
    if (known == null) {
      known = parse(path);
      parsed.put(path, known);
    }
    return known;
  }

  private Optional<Parsed> parse(String path) {
    String text = instead.get(path);
    if (text == null) {
      Optional<Path> file = inside(path).filter(Files::isRegularFile);
      if (file.isEmpty()) {
        return Optional.empty();
      }
      try {
        long size = Files.size(file.get());
        total += size;
        if (size > MAX_BYTES || total > MAX_TOTAL) {
          return Optional.of(new Parsed("", List.of(), path + ": too large"));
        }
        text =
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(Files.readAllBytes(file.get())))
                .toString();
      } catch (CharacterCodingException e) {
        return Optional.of(new Parsed("", List.of(), path + ": not UTF-8 text"));
      } catch (IOException e) {
        return Optional.of(new Parsed("", List.of(), path + ": cannot be read"));
      }
    }
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return Optional.of(
          new Parsed(
              text,
              YamlTrees.nodes(
                  path, new ByteArrayInputStream(bytes), LIMITS, YamlTrees.Duplicates.LAST_WINS),
              ""));
    } catch (IOException e) {
      return Optional.of(new Parsed(text, List.of(), String.valueOf(e.getMessage())));
    }
  }

  /// The YAML files below a folder, sorted; links are not followed, as Flux does not.
  ///
  /// @param enter whether to look into a folder
  List<String> yaml(String folder, java.util.function.Predicate<String> enter) {
    Optional<Path> start = inside(folder).filter(Files::isDirectory);
    if (start.isEmpty()) {
      return List.of();
    }
    List<String> out = new ArrayList<>();
    try {
      Files.walkFileTree(
          start.get(),
          java.util.Set.of(),
          MAX_DEPTH,
          new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) {
              String name = relative(dir);
              boolean skip =
                  name.equals(".git")
                      || name.endsWith("/.git")
                      || (!dir.equals(start.get()) && !enter.test(name));
              return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
              String name = relative(file);
              if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                  && (name.endsWith(".yaml") || name.endsWith(".yml"))) {
                out.add(name);
              }
              return out.size() > MAX_FILES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Collections.sort(out);
    return out;
  }

  private String relative(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }
}
