package dev.refloat.adapter.journal;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.port.BackupStore;
import dev.refloat.recovery.Entry;
import dev.refloat.recovery.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The folder of all recoveries: `ID/journal.jsonl`, one entry a line, each on disk before what it
/// announces happens; `ID/backup/` with what was saved. Only its owner can read it: backups hold
/// Secrets.
public final class RecoveryFolder implements BackupStore {

  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final String JOURNAL = "journal.jsonl";
  private static final String BACKUP = "backup";
  private static final String LOCK = "lock";

  private final Path folder;

  public RecoveryFolder(Path folder) {
    this.folder = folder;
  }

  public Path path() {
    return folder;
  }

  /// A folder or file of recoveries that cannot be used.
  public static final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }

    /// The message; never nothing.
    public String why() {
      String message = getMessage();
      return message == null ? "unusable" : message;
    }
  }

  private Path of(String id) {
    if (!ID.matcher(id).matches()) {
      throw new Unusable("'" + id + "' is not the id of a recovery");
    }
    return folder.resolve(id);
  }

  /// A recovery that this process alone carries out. The system lets go of it when the process
  /// ends,
  /// however it ends.
  public static final class Lock {
    private final FileChannel channel;

    private Lock(FileChannel channel) {
      this.channel = channel;
    }

    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new Unusable("the lock cannot be let go of: " + words(e));
      }
    }
  }

  /// Keeps every other process on this machine out of a recovery.
  ///
  /// @throws Unusable when another process is at work on it
  public Lock lock(String id) {
    Path dir = of(id);
    try {
      privately(dir);
      FileChannel channel =
          FileChannel.open(dir.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() != null) {
          return new Lock(channel);
        }
      } catch (OverlappingFileLockException e) {
        channel.close();
        throw new Unusable("recovery " + id + " is being carried out by this process already");
      }
      channel.close();
      throw new Unusable("recovery " + id + " is being carried out by another process");
    } catch (IOException e) {
      throw new Unusable("the lock " + dir.resolve(LOCK) + " cannot be taken: " + words(e));
    }
  }

  /// Appends an entry and waits until it is on disk.
  ///
  /// @throws Unusable when it cannot be written: then nothing may be done
  public void append(String id, Entry entry) {
    Path dir = of(id);
    byte[] line = (readable(entry) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      privately(dir);
      Path file = dir.resolve(JOURNAL);
      boolean fresh = !Files.exists(file);
      try (FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long before = wholeLines(channel);
        channel.truncate(before);
        channel.position(before);
        ByteBuffer buffer = ByteBuffer.wrap(line);
        try {
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
          channel.force(true);
        } catch (IOException e) {
          channel.truncate(before);
          throw e;
        }
      }
      if (fresh) {
        ownerOnly(file, "rw-------");
        keepName(dir);
      }
    } catch (IOException e) {
      throw new Unusable("the journal " + dir.resolve(JOURNAL) + " cannot be written: " + words(e));
    }
  }

  /// Where the last whole line ends. What a crash left behind it was never acted on, and would
  /// spoil
  /// the next line.
  private static long wholeLines(FileChannel channel) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (long end = channel.size(); end > 0; end--) {
      one.clear();
      channel.read(one, end - 1);
      if (one.get(0) == '\n') {
        return end;
      }
    }
    return 0;
  }

  /// A new file is safe from a crash of the machine when its folder is on disk, too.
  private static void keepName(Path dir) throws IOException {
    if (dir.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel folder = FileChannel.open(dir, StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
  }

  /// An entry as text. What could not be read again would be a recovery that cannot be resumed:
  /// better
  /// it does not begin.
  private static String readable(Entry entry) {
    String text = JsonText.compact(Records.write(entry));
    try {
      Records.read(JsonTrees.read(JOURNAL, text), Entry.class);
      return text;
    } catch (MalformedInput | Records.Unreadable e) {
      throw new Unusable("an entry of the journal could not be read again: " + e.getMessage());
    }
  }

  /// Reads a journal. A last line that was cut off by a crash was never acted on, and is left out.
  ///
  /// @throws Unusable when there is none, or it is damaged before its last line
  public Journal read(String id) {
    Path file = of(id).resolve(JOURNAL);
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new Unusable("there is no recovery " + id + " in " + folder);
    } catch (IOException e) {
      throw new Unusable("the journal " + file + " cannot be read: " + words(e));
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      try {
        entries.add(Records.read(JsonTrees.read(JOURNAL, lines.get(i)), Entry.class));
      } catch (MalformedInput | Records.Unreadable e) {
        if (i == lines.size() - 1) {
          break;
        }
        throw new Unusable(file + ":" + (i + 1) + ": " + e.getMessage());
      }
    }
    if (entries.isEmpty()) {
      throw new Unusable("the journal " + file + " has no entry: nothing was done");
    }
    return new Journal(entries);
  }

  /// The ids of all recoveries, newest first.
  public List<String> ids() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(d -> Files.exists(d.resolve(JOURNAL)))
          .map(d -> d.getFileName().toString())
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException e) {
      throw new Unusable("the folder " + folder + " cannot be read: " + words(e));
    }
  }

  @Override
  public String save(String recovery, List<Resource> objects) {
    Path dir = of(recovery).resolve(BACKUP);
    try {
      privately(dir);
      for (Resource r : objects) {
        byte[] text = (JsonText.pretty(r.root()) + "\n").getBytes(StandardCharsets.UTF_8);
        Path file = dir.resolve(name(r.ref()));
        Path fresh = dir.resolve(name(r.ref()) + ".new");
        try (FileChannel channel =
            FileChannel.open(
                fresh,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
          ByteBuffer buffer = ByteBuffer.wrap(text);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
          channel.force(true);
        }
        ownerOnly(fresh, "rw-------");
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Json back = JsonTrees.read(file.toString(), Files.readString(file));
        if (!back.equals(r.root())) {
          throw new BackupFailure("the backup " + file + " is not what was written to it");
        }
      }
    } catch (IOException e) {
      throw new BackupFailure("the backup in " + dir + " cannot be written: " + words(e));
    }
    return dir.toString();
  }

  @Override
  public Optional<Resource> load(String recovery, ObjectRef object) {
    Path file = of(recovery).resolve(BACKUP).resolve(name(object));
    try {
      return Optional.of(Resource.of(JsonTrees.read(file.toString(), Files.readString(file))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new BackupFailure("the backup " + file + " cannot be read: " + words(e));
    }
  }

  @Override
  public List<Resource> all(String recovery) {
    Path dir = of(recovery).resolve(BACKUP);
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    List<Resource> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        found.add(Resource.of(JsonTrees.read(file.toString(), Files.readString(file))));
      }
    } catch (IOException e) {
      throw new BackupFailure("the backup in " + dir + " cannot be read: " + words(e));
    }
    return found;
  }

  /// A file name for an object: names of Kubernetes have no characters that a file system minds,
  /// but
  /// those of RBAC may have colons.
  private static String name(ObjectRef o) {
    String text =
        o.kind().toLowerCase(Locale.ROOT)
            + (o.group().isEmpty() ? "" : "." + o.group())
            + "_"
            + o.namespace()
            + "_"
            + o.name();
    return text.replaceAll("[^A-Za-z0-9._-]", "+") + ".json";
  }

  private static void privately(Path dir) throws IOException {
    if (!Files.isDirectory(dir)) {
      Files.createDirectories(dir);
      ownerOnly(dir, "rwx------");
    }
  }

  private static void ownerOnly(Path path, String mode) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
  }

  private static String words(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
