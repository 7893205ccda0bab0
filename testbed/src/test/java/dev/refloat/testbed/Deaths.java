package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.journal.RecoveryFolder;
import dev.refloat.recovery.Entry;
import dev.refloat.recovery.Journal;
import dev.refloat.testbed.FaultProxy.Fault;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Kills Refloat with SIGKILL at each of its writes to the API server, once before the server sees
/// it and once before the answer arrives; at each death only once, so that a recovery which is
/// resumed often enough ends.
final class Deaths {
  private static final String MAIN = "dev.refloat.wiring.Main";
  private static final int MOST_RUNS = 80;

  private final Playground playground;
  private final FaultProxy proxy;
  private final RecoveryFolder folder;
  private final Map<String, String> environment;
  private final List<Point> points = new CopyOnWriteArrayList<>();
  private int runs;

  /// Where a recovery was killed: in a step, at a request, before or after it.
  private record Point(String step, String request, boolean before) {}

  /// @param proxy that the environment's kubeconfig leads to
  Deaths(
      Playground playground,
      FaultProxy proxy,
      RecoveryFolder folder,
      Map<String, String> environment) {
    this.playground = playground;
    this.proxy = proxy;
    this.folder = folder;
    this.environment = Map.copyOf(environment);
    proxy.inject(this::fault);
  }

  /// Runs Refloat until it is killed or ends.
  Child run(List<String> arguments) throws InterruptedException {
    runs++;
    assertThat(runs).as("runs; killed at %s", points).isLessThan(MOST_RUNS);
    int before = points.size();
    Child child = Child.start(MAIN, environment, arguments);
    while (child.alive() && points.size() == before) {
      Thread.sleep(20);
    }
    if (child.alive()) {
      settle(points.getLast());
      child.kill();
    }
    child.await();
    return child;
  }

  /// The id of the recovery, when its journal was begun.
  Optional<String> recovery() {
    return folder.ids().stream().findFirst();
  }

  int count() {
    return points.size();
  }

  int runs() {
    return runs;
  }

  @Override
  public String toString() {
    return points.toString();
  }

  private Optional<Fault> fault(FaultProxy.Seen request) {
    boolean write = !request.method().equals("GET") && request.userAgent().startsWith("refloat");
    if (!write || request.path().endsWith("/events")) {
      return Optional.empty();
    }
    String step = step();
    String what = request.method() + " " + request.path();
    for (boolean before : new boolean[] {true, false}) {
      Point point = new Point(step, what, before);
      if (!points.contains(point)) {
        points.add(point);
        return Optional.of(before ? new Fault.Hang() : new Fault.Swallow());
      }
    }
    return Optional.empty();
  }

  /// The step that the journal says is being carried out.
  private String step() {
    Journal journal = folder.read(folder.ids().getFirst());
    return journal.entries().stream()
            .filter(Entry.Started.class::isInstance)
            .map(Entry.Started.class::cast)
            .reduce((_, last) -> last)
            .map(Entry.Started::step)
            .orElse("")
        + journal.replans();
  }

  /// A swallowed request is dead only after the API server has carried it out.
  private void settle(Point at) {
    if (!at.before()) {
      String[] what = at.request().split(" ", 2);
      playground.await(
          "the write is carried out",
          () ->
              proxy.swallowed().stream()
                  .anyMatch(r -> r.method().equals(what[0]) && r.path().equals(what[1])));
    }
  }
}
