package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import java.util.List;
import java.util.function.Consumer;

/// Reads the signals of one release out of the evidence. Each reader knows one corner; none decides
/// what
/// the cause is.
public final class SignalReader {

  private SignalReader() {}

  public static Signals read(Resource release, Evidence evidence) {
    return read(new Belongings(ReleaseView.of(release, evidence), evidence));
  }

  public static Signals read(Belongings belongings) {
    return new Signals((kind, known, out) -> read(belongings, kind, known, out));
  }

  private static List<SignalKind> read(
      Belongings b, SignalKind kind, Signals known, List<Signal> out) {
    // an expression, so that a new kind without a reader does not compile
    return switch (kind) {
      case RELEASE -> read(kind, out, o -> ReleaseSignals.release(b, o));
      case FAILURE -> read(kind, out, o -> ReleaseSignals.failures(b, o));
      case RECORD -> read(kind, out, o -> StorageSignals.read(b, o));
      case SOURCE -> read(kind, out, o -> SourceSignals.read(b, o));
      case OWNER -> read(kind, out, o -> OwnerSignals.read(b, o));
      case DEPENDENCY -> read(kind, out, o -> DependencySignals.read(b, o));
      case VALUES_REFERENCE, VALUES_ORIGIN -> {
        ValuesSignals.read(b, out);
        yield List.of(SignalKind.VALUES_REFERENCE, SignalKind.VALUES_ORIGIN);
      }
      case WORKLOAD -> read(kind, out, o -> WorkloadSignals.read(b, o));
      case CONVERGENCE -> read(kind, out, o -> WorkloadSignals.together(b, o));
      case POD, CONTAINER, LOG -> {
        PodSignals.read(b, out);
        yield List.of(SignalKind.POD, SignalKind.CONTAINER, SignalKind.LOG);
      }
      case EVENT -> read(kind, out, o -> EventSignals.read(b, o));
      case CLAIM -> read(kind, out, o -> ClaimSignals.read(b, o));
      case LOAD_BALANCER -> read(kind, out, o -> ObjectSignals.loadBalancers(b, o));
      case CUSTOM_RESOURCE -> read(kind, out, o -> ObjectSignals.customResources(b, o));
      case HOOK -> read(kind, out, o -> ObjectSignals.hooks(b, o));
      case TERMINATING -> read(kind, out, o -> ObjectSignals.terminating(b, o));
      case FOREIGN_FIELDS -> read(kind, out, o -> ForeignFieldSignals.read(b, o));
      case DRIFT -> read(kind, out, o -> ReleaseSignals.drift(b, o));
      case NAMESPACE -> read(kind, out, o -> SurroundingSignals.namespaces(b, o));
      case CONTROLLER -> read(kind, out, o -> SurroundingSignals.controllers(b, o));
      case QUOTA -> read(kind, out, o -> SurroundingSignals.quotas(b, o));
      case WEBHOOK -> read(kind, out, o -> SurroundingSignals.webhooks(b, known, o));
      case DEFINITION -> read(kind, out, o -> SurroundingSignals.definitions(b, known, o));
      case RIVAL -> read(kind, out, o -> SurroundingSignals.rivals(b, o));
      case OFFER -> read(kind, out, o -> SurroundingSignals.offers(b, known, o));
    };
  }

  private static List<SignalKind> read(
      SignalKind kind, List<Signal> out, Consumer<List<Signal>> reader) {
    reader.accept(out);
    return List.of(kind);
  }
}
