package dev.refloat.plan;

/// What Refloat notes on objects, and as whom it writes.
public final class Marks {

  /// The field manager of every write. kustomize-controller takes away what managers named
  /// `kubectl…` wrote and leaves others alone (flux-facts §3.6).
  public static final String MANAGER = "refloat";

  /// On a HelmRelease: the id of the recovery that works on it.
  public static final String RECOVERY = "refloat.dev/recovery";

  /// On a HelmRelease: until when the mark counts, RFC 3339. Renewed with each write.
  public static final String UNTIL = "refloat.dev/recovery-until";

  /// On a HelmRelease: who began that recovery, for whoever meets the mark.
  public static final String RECOVERED_BY = "refloat.dev/recovery-by";

  /// On a suspended HelmRelease: who suspended it.
  public static final String SUSPENDED_BY = "refloat.dev/suspended-by";

  /// On a suspended HelmRelease: why.
  public static final String SUSPENDED_BECAUSE = "refloat.dev/suspended-because";

  /// On a suspended HelmRelease: when the suspension should have ended, RFC 3339.
  public static final String SUSPENDED_UNTIL = "refloat.dev/suspended-until";

  /// A label on everything that a recovery makes: the id of the recovery.
  public static final String MADE_BY = "refloat.dev/recovery";

  public static final String REQUESTED_AT = "reconcile.fluxcd.io/requestedAt";
  public static final String RESET_AT = "reconcile.fluxcd.io/resetAt";
  public static final String FORCE_AT = "reconcile.fluxcd.io/forceAt";

  private Marks() {}
}
