package dev.refloat.signal;

import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.ActionTimes;
import dev.refloat.release.Belongings;
import dev.refloat.release.Stage;
import dev.refloat.release.Workloads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a release's own past says about its limit, in words.
///
/// @param samples how many successful actions are on record; empty for none
/// @param limit what `spec.timeout` should be, with half as much again as the longest took; the
///     present attempt counts too, when it got there late
/// @param from what the limit rests on
/// @param history how long successful actions took, against the limit there is
record Learning(String samples, String limit, String from, String history) {

  static Learning of(Belongings b) {
    ActionTimes times =
        ActionTimes.of(b.view().resource(), b.records(), eventsAboutRelease(b))
            .and(b.evidence().past(b.view().ref().namespace(), b.view().ref().name()));
    int n = times.samples().size();
    Optional<Duration> longest = times.longest();
    Optional<Duration> late = late(b);
    Optional<Duration> most =
        late.filter(d -> longest.isEmpty() || d.compareTo(longest.get()) > 0).or(() -> longest);
    String actions = n == 1 ? "successful action" : "successful actions";
    String past =
        longest
            .map(
                d ->
                    (n == 1 ? "the only " : "the longest of " + n + " ")
                        + actions
                        + " on record took "
                        + Times.display(d))
            .orElse("");
    String from =
        late.map(
                d ->
                    "this attempt took "
                        + Times.display(d)
                        + (past.isEmpty() ? " and no successful action is on record" : ", " + past))
            .orElse(past);
    return new Learning(
        n == 0 ? "" : Integer.toString(n),
        most.map(ActionTimes::limitFor).map(Times::display).orElse(""),
        from,
        longest.map(d -> past + verdict(d, b.view().timeout())).orElse(""));
  }

  private static String verdict(Duration longest, Duration limit) {
    String against = ", and the limit is " + Times.display(limit);
    return longest.multipliedBy(3).dividedBy(2).compareTo(limit) <= 0
        ? against + ": it was long enough"
        : against + ": it leaves little room";
  }

  /// How long the present attempt took, where it got there after its limit.
  private static Optional<Duration> late(Belongings b) {
    if (b.view().stage() != Stage.HOOK) {
      return WorkloadSignals.lateAfter(b);
    }
    return b.workloads().stream()
        .filter(WorkloadSignals::isHook)
        .filter(Workloads::healthy)
        .flatMap(h -> ObjectSignals.took(h).stream())
        .max(Duration::compareTo)
        .filter(d -> d.compareTo(b.view().timeout()) >= 0);
  }

  private static List<Resource> eventsAboutRelease(Belongings b) {
    return b.evidence().eventsAbout(b.view().ref().namespace(), b.view().ref().name()).stream()
        .filter(e -> e.at("involvedObject", "kind").text().equals("HelmRelease"))
        .filter(e -> e.at("involvedObject", "name").text().equals(b.view().ref().name()))
        .toList();
  }
}
