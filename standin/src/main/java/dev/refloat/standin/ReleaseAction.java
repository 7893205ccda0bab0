package dev.refloat.standin;

/// A Helm action as helm-controller takes it.
enum ReleaseAction {
  INSTALL(Type.RELEASE),
  UPGRADE(Type.RELEASE),
  TEST(Type.TEST),
  ROLLBACK(Type.REMEDIATE),
  UNINSTALL(Type.REMEDIATE),
  UNLOCK(Type.UNLOCK);

  /// Of each type there is one action in a pass.
  enum Type {
    RELEASE,
    TEST,
    REMEDIATE,
    UNLOCK
  }

  private final Type type;

  ReleaseAction(Type type) {
    this.type = type;
  }

  Type type() {
    return type;
  }

  /// As it stands in conditions and in the spec.
  String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
