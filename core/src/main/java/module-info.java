/// The brain of Refloat. It requires nothing but the Java base module: no Kubernetes client, HTTP,
/// YAML, Git, clock or environment, so that every diagnosis can be replayed from its evidence.
module dev.refloat.core {
  requires static transitive org.jspecify;

  exports dev.refloat.model;
  exports dev.refloat.evidence;
  exports dev.refloat.port;
  exports dev.refloat.redact;
  exports dev.refloat.release;
  exports dev.refloat.signal;
  exports dev.refloat.rule;
  exports dev.refloat.diagnosis;
  exports dev.refloat.plan;
  exports dev.refloat.recovery;
  exports dev.refloat.validation;
  exports dev.refloat.lint;
  exports dev.refloat.lint.rule;
}
