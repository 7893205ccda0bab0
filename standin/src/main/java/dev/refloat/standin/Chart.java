package dev.refloat.standin;

import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/// A packed chart.
///
/// @param ociDigest the digest of the artifact that it came from; empty for a HelmRepository
record Chart(Path archive, String name, String version, String ociDigest) {
  private static final int BLOCK = 512;
  private static final int LONGEST_TEXT = 1 << 20;

  static Chart read(Formats formats, Path archive, String ociDigest) throws IOException {
    String text =
        entry(archive, "[^/]+/Chart\\.yaml")
            .orElseThrow(() -> new IOException("Chart.yaml file is missing"));
    List<Json> documents = formats.yaml(text);
    Json chart = documents.isEmpty() ? Json.emptyObject() : documents.getFirst();
    return new Chart(archive, chart.get("name").text(), chart.get("version").text(), ociDigest);
  }

  /// The text of the first file of an archive whose path matches.
  static Optional<String> entry(Path archive, String pattern) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(archive))) {
      while (true) {
        byte[] header = in.readNBytes(BLOCK);
        if (header.length < BLOCK || header[0] == 0) {
          return Optional.empty();
        }
        long size = Long.parseLong(field(header, 124, 11).strip(), 8);
        if (field(header, 0, 100).matches(pattern) && size <= LONGEST_TEXT) {
          return Optional.of(new String(in.readNBytes((int) size), StandardCharsets.UTF_8));
        }
        in.skipNBytes((size + BLOCK - 1) / BLOCK * BLOCK);
      }
    } catch (NumberFormatException e) {
      throw new IOException("the archive is no tar", e);
    }
  }

  private static String field(byte[] header, int from, int longest) {
    int end = from;
    while (end < from + longest && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return name + "@" + version;
  }
}
