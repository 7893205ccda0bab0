package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BinariesTest {
  @TempDir Path folder;

  @Test
  void prefersKubebuilderAssetsToTheCache() throws Exception {
    Path assets = program(folder.resolve("assets"), "etcd");
    Binaries binaries = binaries(Map.of("KUBEBUILDER_ASSETS", folder.resolve("assets").toString()));
    program(binaries.cache().resolve("bin"), "etcd");
    Path cached = program(binaries.cache().resolve("bin"), "kubectl");

    assertThat(binaries.path(Binary.ETCD)).isEqualTo(assets);
    assertThat(binaries.path(Binary.KUBECTL)).isEqualTo(cached);
  }

  @Test
  void saysInOneLineWhatIsMissingWhereThereIsNoGo() {
    assertThatThrownBy(() -> binaries(Map.of()).path(Binary.KUBE_APISERVER))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("kube-apiserver")
        .hasMessageContaining("no Go on the PATH")
        .hasMessageNotContaining("\n");
  }

  @Test
  void doesNotTakeAFileThatCannotBeRun() throws Exception {
    Path assets = Files.createDirectories(folder.resolve("assets"));
    Files.writeString(assets.resolve("etcd"), "not executable");
    assertThatThrownBy(
            () -> binaries(Map.of("KUBEBUILDER_ASSETS", assets.toString())).path(Binary.ETCD))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void keepsTheVersionsApartInTheCache() {
    assertThat(binaries(Map.of()).cache())
        .isEqualTo(folder.resolve("cache").resolve(Binaries.versionsHash()));
  }

  private Binaries binaries(Map<String, String> more) {
    Map<String, String> environment = new java.util.HashMap<>(more);
    environment.put("REFLOAT_TESTBED_CACHE", folder.resolve("cache").toString());
    return new Binaries(environment, Go.absent());
  }

  private static Path program(Path where, String name) throws IOException {
    Path file = Files.createDirectories(where).resolve(name);
    Files.writeString(file, "#!/bin/sh\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
