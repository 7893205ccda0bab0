package dev.refloat.adapter.git;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// The files of a repository, read within bounds and never outside of it: links that lead out are
/// not there. Paths are relative to the root, with `/`.
final class SourceTree {
  static final int MAX_BYTES = 4 << 20;
  private static final long MAX_TOTAL = 512L << 20;
  private static final int MAX_CHART_FILES = 5_000;
  private static final long MAX_CHART_BYTES = 32L << 20;
  private static final Limits LIMITS = new Limits(MAX_BYTES, 100, 500_000);
  private static final byte[] KIND = "kind".getBytes(StandardCharsets.US_ASCII);

  private final Store store;
  private final Map<String, String> instead;
  private final ConcurrentMap<String, Optional<Parsed>> parsed;
  private final AtomicLong total = new AtomicLong();

  /// A file of YAML documents.
  ///
  /// @param trees the documents without places
  /// @param problem why it could not be read as YAML; then there are no documents
  /// @param line of the problem; 0 when there is none, or when its place is unknown
  record Parsed(
      String text,
      List<YamlNode> documents,
      List<Json> trees,
      String problem,
      int line,
      int column) {
    private static Parsed broken(String text, String problem) {
      return new Parsed(text, List.of(), List.of(), problem, 0, 0);
    }
  }

  /// Where files come from.
  interface Store {
    boolean isFolder(String path);

    boolean isFile(String path);

    /// The bytes of a file; nothing when there is none.
    ///
    /// @param most how many are read; one more tells that the file is too large
    Optional<byte[]> bytes(String path, int most) throws IOException;

    /// Where a folder is on disk; nothing when it is not.
    Optional<Path> onDisk(String folder);

    /// All YAML files, sorted; links are not followed, as Flux does not.
    List<String> yaml();

    /// All files below a folder, sorted; links are not followed.
    ///
    /// @param most when there are more, one more than this are named
    List<String> below(String folder, int most);
  }

  SourceTree(Path root) {
    this(new Folder(root));
  }

  SourceTree(Store store) {
    this(store, Map.of(), new ConcurrentHashMap<>());
  }

  private SourceTree(
      Store store, Map<String, String> instead, ConcurrentMap<String, Optional<Parsed>> parsed) {
    this.store = store;
    this.instead = instead;
    this.parsed = parsed;
  }

  /// The same tree with other texts in some files.
  SourceTree with(Map<String, String> texts) {
    ConcurrentMap<String, Optional<Parsed>> known = new ConcurrentHashMap<>(parsed);
    known.keySet().removeAll(texts.keySet());
    Map<String, String> all = new HashMap<>(instead);
    all.putAll(texts);
    return new SourceTree(store, all, known);
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

  /// The folder that a file lies in; empty for the root.
  static String folderOf(String file) {
    int slash = file.lastIndexOf('/');
    return slash < 0 ? "" : file.substring(0, slash);
  }

  static String nameOf(String file) {
    return file.substring(file.lastIndexOf('/') + 1);
  }

  boolean isFolder(String path) {
    return store.isFolder(path);
  }

  /// Where a folder is on disk, for other programs; nothing when it is not there as it is here.
  Optional<Path> onDisk(String folder) {
    return instead.isEmpty() ? store.onDisk(folder) : Optional.empty();
  }

  boolean isFile(String path) {
    return instead.containsKey(path) || store.isFile(path);
  }

  /// The files that were read so far.
  Set<String> read() {
    return parsed.keySet();
  }

  /// A file's documents; nothing when there is no such file.
  Optional<Parsed> read(String path) {
    Optional<Parsed> known = parsed.get(path);
    if (known == null) {
      known = bytes(path).map(b -> parse(path, b));
      Optional<Parsed> before = parsed.putIfAbsent(path, known);
      known = before == null ? known : before;
    }
    return known;
  }

  /// Reads those of the files that could declare an object, side by side.
  ///
  /// @return what was read, in the order given
  List<String> declaring(Collection<String> files, Predicate<String> anyhow) {
    return files.parallelStream()
        .filter(
            f -> {
              if (parsed.containsKey(f) || anyhow.test(f)) {
                return read(f).isPresent();
              }
              Optional<Bytes> bytes = bytes(f);
              if (bytes.isEmpty() || (bytes.get().problem.isEmpty() && !has(bytes.get().content))) {
                return false;
              }
              parsed.putIfAbsent(f, bytes.map(b -> parse(f, b)));
              return true;
            })
        .toList();
  }

  private static boolean has(byte[] text) {
    outer:
    for (int i = 0; i <= text.length - KIND.length; i++) {
      for (int j = 0; j < KIND.length; j++) {
        if (text[i + j] != KIND[j]) {
          continue outer;
        }
      }
      return true;
    }
    return false;
  }

  /// All files below a folder, by their path relative to it; nothing when it is no folder, or has
  /// more than belongs into a chart.
  Optional<Map<String, byte[]>> below(String folder) {
    if (!isFolder(folder)) {
      return Optional.empty();
    }
    List<String> files = store.below(folder, MAX_CHART_FILES);
    Map<String, byte[]> out = new TreeMap<>();
    long size = 0;
    for (String file : files) {
      Optional<byte[]> content = content(file);
      size += content.map(c -> c.length).orElse(0);
      if (content.isEmpty() || size > MAX_CHART_BYTES || files.size() > MAX_CHART_FILES) {
        return Optional.empty();
      }
      out.put(folder.isEmpty() ? file : file.substring(folder.length() + 1), content.get());
    }
    return Optional.of(out);
  }

  /// The bytes of a file, for generators; nothing when there is none or it is too large.
  Optional<byte[]> content(String path) {
    return bytes(path).filter(b -> b.problem.isEmpty()).map(b -> b.content);
  }

  /// The bytes of a file, or why there are none.
  private static final class Bytes {
    private final byte[] content;
    private final String problem;

    Bytes(byte[] content, String problem) {
      this.content = content;
      this.problem = problem;
    }
  }

  private Optional<Bytes> bytes(String path) {
    String text = instead.get(path);
    if (text != null) {
      return Optional.of(new Bytes(text.getBytes(StandardCharsets.UTF_8), ""));
    }
    try {
      Optional<byte[]> bytes = store.bytes(path, MAX_BYTES + 1);
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      if (bytes.get().length > MAX_BYTES) {
        return Optional.of(new Bytes(new byte[0], path + ": larger than 4 MiB, which is not read"));
      }
      if (total.addAndGet(bytes.get().length) > MAX_TOTAL) {
        return Optional.of(
            new Bytes(new byte[0], path + ": not read, as 512 MiB were read before it"));
      }
      return Optional.of(new Bytes(bytes.get(), ""));
    } catch (IOException e) {
      return Optional.of(new Bytes(new byte[0], path + ": cannot be read"));
    }
  }

  private static Parsed parse(String path, Bytes bytes) {
    if (!bytes.problem.isEmpty()) {
      return Parsed.broken("", bytes.problem);
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.content)).toString();
    } catch (CharacterCodingException e) {
      return Parsed.broken("", path + ": not UTF-8 text");
    }
    try {
      List<YamlNode> documents =
          YamlTrees.nodes(
              path,
              new ByteArrayInputStream(bytes.content),
              LIMITS,
              YamlTrees.Duplicates.LAST_WINS);
      return new Parsed(text, documents, documents.stream().map(YamlNode::json).toList(), "", 0, 0);
    } catch (MalformedInput e) {
      return new Parsed(
          text, List.of(), List.of(), String.valueOf(e.getMessage()), e.line(), e.column());
    } catch (IOException e) {
      return Parsed.broken(text, String.valueOf(e.getMessage()));
    }
  }

  /// The YAML files below a folder, sorted.
  ///
  /// @param enter whether to look into a folder
  List<String> yaml(String folder, Predicate<String> enter) {
    String prefix = folder.isEmpty() ? "" : folder + "/";
    Map<String, Boolean> entered = new HashMap<>();
    entered.put(folder, true);
    return store.yaml().stream()
        .filter(f -> f.startsWith(prefix) && enters(folderOf(f), enter, entered))
        .toList();
  }

  private static boolean enters(
      String folder, Predicate<String> enter, Map<String, Boolean> entered) {
    Boolean known = entered.get(folder);
    if (known == null) {
      known = enters(folderOf(folder), enter, entered) && enter.test(folder);
      entered.put(folder, known);
    }
    return known;
  }
}
