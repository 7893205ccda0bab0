package dev.refloat.adapter.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.recovery.Entry;
import dev.refloat.recovery.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Journals and backups on disk, after crashes too.
final class RecoveryFolderTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
  private static final String ID = "20261124-100000-abcd";

  @TempDir private Path temp;
  private RecoveryFolder folder = new RecoveryFolder(Path.of("."));

  @BeforeEach
  void open() {
    folder = new RecoveryFolder(temp.resolve("recoveries"));
    folder.append(ID, new Entry.Opened(AT, ID, "me@here", "cluster", TestPlans.plan()));
  }

  private Path journal() {
    return temp.resolve("recoveries").resolve(ID).resolve("journal.jsonl");
  }

  @Test
  void readsWhatItWrote() {
    folder.append(ID, new Entry.Started(AT, "mark", "t"));
    Journal read = folder.read(ID);
    assertThat(read.entries()).hasSize(2);
    assertThat(read.plan()).isEqualTo(TestPlans.plan());
    assertThat(read.progress("mark")).isEqualTo(Journal.Progress.STARTED);
  }

  @Test
  void leavesOutALineThatACrashCutOffAndWritesTheNextOneWhole() throws IOException {
    Files.writeString(journal(), "{\"@\":\"Started\",\"at\":\"2026", StandardOpenOption.APPEND);
    assertThat(folder.read(ID).entries()).hasSize(1);
    folder.append(ID, new Entry.Started(AT, "mark", "t"));
    folder.append(ID, new Entry.Acted(AT, "mark", ""));
    assertThat(folder.read(ID).entries()).hasSize(3);
    assertThat(folder.read(ID).progress("mark")).isEqualTo(Journal.Progress.ACTED);
  }

  @Test
  void refusesAJournalThatIsDamagedBeforeItsEnd() throws IOException {
    Files.writeString(journal(), "spoilt\n", StandardOpenOption.APPEND);
    folder.append(ID, new Entry.Started(AT, "mark", "t"));
    assertThatThrownBy(() -> folder.read(ID))
        .isInstanceOf(RecoveryFolder.Unusable.class)
        .hasMessageContaining("journal.jsonl:2");
  }

  @Test
  void letsOneCarryARecoveryOutAtATime() {
    RecoveryFolder.Lock lock = folder.lock(ID);
    assertThatThrownBy(() -> folder.lock(ID)).hasMessageContaining("is being carried out");
    lock.close();
    folder.lock(ID).close();
  }

  @Test
  void givesABackupBackAsItWas() {
    ObjectRef ref = new ObjectRef("rbac.authorization.k8s.io/v1", "Role", "shop", "a:b");
    Resource saved =
        Resource.of(
            Json.builder()
                .put("apiVersion", ref.apiVersion())
                .put("kind", ref.kind())
                .put("metadata", Json.builder().put("namespace", "shop").put("name", "a:b").build())
                .build());
    folder.save(ID, List.of(saved));
    assertThat(folder.load(ID, ref)).contains(saved);
    assertThat(folder.all(ID)).containsExactly(saved);
  }
}
