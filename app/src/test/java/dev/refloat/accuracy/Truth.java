package dev.refloat.accuracy;

import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import dev.refloat.release.ReleaseRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What is known of a recorded failure.
///
/// @param snapshot the folder or archive
/// @param causes the true cause first, then those that the snapshot cannot rule out
/// @param root `namespace/name` of a HelmRelease or `Kind/namespace/name`; empty where it does not
///     matter
record Truth(String id, Path snapshot, ReleaseRef release, List<String> causes, String root) {

  static List<Truth> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> truths = files.filter(f -> f.toString().endsWith(".truth.yaml")).sorted().toList();
      List<Truth> all = new ArrayList<>();
      for (Path truth : truths) {
        all.add(read(truth));
      }
      return all;
    }
  }

  private static Truth read(Path file) throws IOException {
    String id = file.getFileName().toString().replace(".truth.yaml", "");
    Json truth = YamlTrees.read(file.toString(), Files.readString(file)).getFirst();
    Path folder = file.resolveSibling(id);
    String[] release = truth.get("release").text().split("/", 2);
    List<String> causes = new ArrayList<>(List.of(truth.get("cause").text()));
    truth.get("acceptable").list().forEach(c -> causes.add(c.text()));
    return new Truth(
        id,
        Files.isDirectory(folder) ? folder : file.resolveSibling(id + ".tgz"),
        new ReleaseRef(release[0], release[1]),
        causes,
        truth.get("root").text());
  }
}
