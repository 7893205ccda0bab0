package dev.refloat.adapter.snapshot;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Resource;
import dev.refloat.port.ClusterReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Snapshots in every packing, made by hand so that hostile ones can be made too.
final class SnapshotFixtures {
  static final Path RECORDINGS = Path.of("src/test/resources/recordings");

  private SnapshotFixtures() {}

  static List<Path> recordings() throws IOException {
    try (Stream<Path> all = Files.list(RECORDINGS)) {
      return all.filter(Files::isDirectory).sorted().toList();
    }
  }

  /// The files of a folder by their relative names.
  static Map<String, byte[]> files(Path folder) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// One entry of a tar archive, with any type and any name.
  static byte[] tarEntry(char type, String name, byte[] content) {
    byte[] header = new byte[512];
    put(header, 0, utf8(name));
    put(header, 100, utf8("0000644\0"));
    put(header, 108, utf8("0000000\0"));
    put(header, 116, utf8("0000000\0"));
    put(header, 124, utf8("%011o\0".formatted(content.length)));
    put(header, 136, utf8("00000000000\0"));
    header[156] = (byte) type;
    if (type == '1' || type == '2') {
      put(header, 157, utf8("/etc/passwd"));
    }
    put(header, 257, utf8("ustar\00000"));
    put(header, 148, utf8("        "));
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, utf8("%06o\0 ".formatted(sum)));
    byte[] entry = new byte[512 + (content.length + 511) / 512 * 512];
    System.arraycopy(header, 0, entry, 0, 512);
    System.arraycopy(content, 0, entry, 512, content.length);
    return entry;
  }

  private static void put(byte[] header, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, header, at, Math.min(bytes.length, at == 0 ? 100 : bytes.length));
  }

  static byte[] tar(List<byte[]> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    entries.forEach(out::writeBytes);
    out.writeBytes(new byte[1024]);
    return out.toByteArray();
  }

  static byte[] tar(Map<String, byte[]> files) {
    List<byte[]> entries = new ArrayList<>();
    files.forEach(
        (name, content) -> {
          if (utf8(name).length > 100) {
            entries.add(tarEntry('L', "././@LongLink", utf8(name + "\0")));
          }
          entries.add(tarEntry('0', name, content));
        });
    return tar(entries);
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  static byte[] zip(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.putNextEntry(new ZipEntry(file.getKey()));
        out.write(file.getValue());
        out.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  static List<Resource> list(ClusterReader reader, Kind kind, String namespace) {
    return reader.ask(List.of(new Inquiry.ListOf(kind, namespace))).values().iterator().next()
            instanceof Observation.Seen<Answer>(Answer.Objects(var items))
        ? items
        : List.of();
  }

  static Observation<Answer> ask(ClusterReader reader, Inquiry inquiry) {
    return reader.ask(List.of(inquiry)).values().iterator().next();
  }
}
