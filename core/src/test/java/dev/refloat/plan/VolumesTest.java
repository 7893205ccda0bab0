package dev.refloat.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.Risk;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class VolumesTest {

  private static final Map<String, Object> OF_RELEASE =
      Map.of(
          "labels",
          Map.of("helm.toolkit.fluxcd.io/name", "web", "helm.toolkit.fluxcd.io/namespace", "shop"));

  private static World database(boolean podReady) {
    return new World()
        .diagnosed("volume-corrupt", "Container mongodb cannot use the data on its volume")
        .with(
            World.object(
                "apps/v1",
                "StatefulSet",
                "db",
                OF_RELEASE,
                Map.of(
                    "spec",
                    Map.of(
                        "replicas",
                        1,
                        "volumeClaimTemplates",
                        List.of(Map.of("metadata", Map.of("name", "data")))))))
        .with(
            World.object(
                "v1",
                "Pod",
                "db-0",
                Map.of(
                    "ownerReferences",
                    List.of(
                        Map.of(
                            "kind",
                            "StatefulSet",
                            "name",
                            "db",
                            "uid",
                            "uid-StatefulSet-db",
                            "controller",
                            true))),
                Map.of(
                    "spec",
                    Map.of(
                        "volumes",
                        List.of(
                            Map.of(
                                "name",
                                "data",
                                "persistentVolumeClaim",
                                Map.of("claimName", "data-db-0")))),
                    "status",
                    Map.of(
                        "conditions",
                        List.of(Map.of("type", "Ready", "status", podReady ? "True" : "False"))))))
        .with(
            World.object(
                "v1",
                "PersistentVolumeClaim",
                "data-db-0",
                Map.of(),
                Map.of(
                    "spec",
                    Map.of("volumeName", "pv-1", "storageClassName", "fast"),
                    "status",
                    Map.of("phase", "Bound"))))
        .with(
            World.object(
                "v1",
                "PersistentVolume",
                "pv-1",
                Map.of(),
                Map.of(
                    "spec",
                    Map.of(
                        "persistentVolumeReclaimPolicy",
                        "Delete",
                        "csi",
                        Map.of("driver", "ebs.csi.aws.com")))));
  }

  private static Map<String, Object> snapshotClass(String driver) {
    return World.object(
        "snapshot.storage.k8s.io/v1",
        "VolumeSnapshotClass",
        "snap",
        Map.of(),
        Map.of("driver", driver));
  }

  @Test
  void keepsAndSnapshotsBeforeItDeletes() {
    Draft draft =
        Volumes.replace(
            database(false).with(snapshotClass("ebs.csi.aws.com")).situation(Wishes.none()), "");

    assertThat(World.ids(draft))
        .containsExactly(
            "backup-data-db-0",
            "keep-volume-pv-1",
            "snapshot-data-db-0",
            "suspend",
            "delete-claim-data-db-0",
            "let-go-data-db-0",
            "claim-gone-data-db-0",
            "claim-bound-data-db-0",
            "resume",
            "starts-db");
    Step delete = World.steps(draft).get(4);
    assertThat(delete.risk()).isEqualTo(Risk.DESTRUCTIVE);
    assertThat(delete.guards().stream().map(g -> g.getClass().getSimpleName()))
        .contains("BackedUp", "VolumeKept", "SnapshotReady", "SameObject", "StillBroken");
  }

  @Test
  void refusesBeforeAnythingIsTouchedWhereNoSnapshotCanBeTaken() {
    Situation s = database(false).with(snapshotClass("another.driver")).situation(Wishes.none());
    Step first = World.steps(Volumes.replace(s, "")).getFirst();

    Guard guard = first.guards().getLast();
    Facts none = new Facts("r", "", Optional.empty(), Set.of(), Set.of());
    assertThat(guard.judge(s.evidence(), none)).isInstanceOf(Judgement.Fails.class);
    Facts accepted =
        new Facts("r", "", Optional.empty(), Set.of(), Set.of(s.claims().getFirst().ref()));
    assertThat(guard.judge(s.evidence(), accepted)).isInstanceOf(Judgement.Holds.class);
  }

  @Test
  void refusesDataThatIsIntact() {
    Situation password =
        database(false)
            .diagnosed(
                "workload-crash",
                "Container mongodb of db crashes, because its credentials are refused:"
                    + " Authentication failed")
            .situation(Wishes.none());
    assertThat(World.refusal(Volumes.replace(password, "")))
        .contains("the data on the volume is intact, only its password is another");

    Situation version =
        database(false)
            .diagnosed(
                "volume-corrupt",
                "The data on the volume of db is of another version than the program: 4.4")
            .situation(Wishes.none());
    assertThat(World.refusal(Volumes.replace(version, "")))
        .contains("run the version that wrote the data again");
  }

  @Test
  void refusesAClaimWhosePodsAreReady() {
    assertThat(World.refusal(Volumes.replace(database(true).situation(Wishes.none()), "")))
        .contains("are ready");
  }

  @Test
  void restoresBeforeTheControllerCouldMakeAnEmptyClaim() {
    Wishes wishes =
        new Wishes(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("data-db-0-before"),
            false,
            "R");
    Draft draft =
        Volumes.replace(
            database(true).with(snapshotClass("ebs.csi.aws.com")).situation(wishes), "");

    assertThat(World.ids(draft))
        .containsSubsequence(
            "suspend",
            "scale-down-db",
            "delete-claim-data-db-0",
            "claim-gone-data-db-0",
            "restore-claim-data-db-0",
            "scale-up-db",
            "claim-bound-data-db-0",
            "resume");
    Effect.Create create =
        (Effect.Create)
            World.steps(draft).stream()
                .filter(x -> x.id().equals("restore-claim-data-db-0"))
                .findFirst()
                .orElseThrow()
                .effect();
    assertThat(create.content().at("spec", "dataSource", "name").text())
        .isEqualTo("data-db-0-before");
    assertThat(create.content().at("spec", "volumeName").exists()).isFalse();
  }
}
