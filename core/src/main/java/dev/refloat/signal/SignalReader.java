package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import java.util.ArrayList;
import java.util.List;

/// Reads the signals of one release out of the evidence. Each reader knows one corner; none decides
/// what
/// the cause is.
public final class SignalReader {
  private final Belongings belongings;

  private SignalReader(Belongings belongings) {
    this.belongings = belongings;
  }

  public static Signals read(Resource release, Evidence evidence) {
    return read(new Belongings(ReleaseView.of(release, evidence), evidence));
  }

  public static Signals read(Belongings belongings) {
    return new SignalReader(belongings).all();
  }

  private Signals all() {
    List<Signal> out = new ArrayList<>();
    ReleaseSignals.read(belongings, out);
    StorageSignals.read(belongings, out);
    SourceSignals.read(belongings, out);
    OwnerSignals.read(belongings, out);
    DependencySignals.read(belongings, out);
    ValuesSignals.read(belongings, out);
    WorkloadSignals.read(belongings, out);
    PodSignals.read(belongings, out);
    ClaimSignals.read(belongings, out);
    ObjectSignals.read(belongings, out);
    EventSignals.read(belongings, out);
    ForeignFieldSignals.read(belongings, out);
    SurroundingSignals.read(belongings, out);
    return new Signals(out);
  }
}
