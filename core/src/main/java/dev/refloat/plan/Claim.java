package dev.refloat.plan;

import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import java.time.Instant;
import java.util.Optional;

/// A recovery's mark on a HelmRelease that still counts.
///
/// @param by who began it, as far as the mark says
public record Claim(Resource release, String recovery, String by, Instant until) {

  /// The claim on a release; nothing when there is none, or when it is over.
  public static Optional<Claim> of(Resource release, Instant now) {
    String recovery = release.annotation(Marks.RECOVERY).orElse("");
    Optional<Instant> until = release.annotation(Marks.UNTIL).flatMap(Times::parse);
    if (recovery.isEmpty() || until.isEmpty() || until.get().isBefore(now)) {
      return Optional.empty();
    }
    String by = release.annotation(Marks.RECOVERED_BY).orElse("somebody");
    return Optional.of(new Claim(release, recovery, by, until.get()));
  }

  /// Who is at work, and until when that counts.
  public String says() {
    return "recovery "
        + recovery
        + " of "
        + by
        + " works on "
        + release.ref().display()
        + "; its mark counts until "
        + until
        + " unless it ends before";
  }
}
