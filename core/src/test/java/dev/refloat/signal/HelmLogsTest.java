package dev.refloat.signal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HelmLogsTest {

  @Test
  void leavesOutWhatWentWell() {
    assertThat(
            HelmLogs.trim(
                """
                Helm upgrade failed for release a/b with chart c@1: context deadline exceeded

                Last Helm logs:

                2026-11-23T11:58:12Z: performing update: {"name":"b"}
                2026-11-23T11:58:14Z: ignoring delete failure: {"error":{"code":404}}
                2026-11-23T11:58:37Z: warning: upgrade failed: {"error":{},"name":"b"}"""))
        .isEqualTo("Helm upgrade failed for release a/b with chart c@1: context deadline exceeded");
  }

  @Test
  void keepsWhatOnlyTheLogTells() {
    assertThat(
            HelmLogs.trim(
                """
                Helm uninstall failed for release a/b.v1 with chart c@1: failed to delete release: b

                Last Helm logs:

                uninstall: Deleting b
                uninstall: Failed to delete release: [pods "x" is forbidden]"""))
        .endsWith("release: b\nuninstall: Failed to delete release: [pods \"x\" is forbidden]");
  }

  @Test
  void leavesOtherMessagesAsTheyAre() {
    assertThat(HelmLogs.trim("Back-off pulling image")).isEqualTo("Back-off pulling image");
  }
}
