package dev.refloat.diagnosis;

import dev.refloat.model.Confidence;
import dev.refloat.rule.Rule;
import dev.refloat.signal.Signal;
import java.util.List;
import java.util.Map;

/// A rule that matched one release, with its proof and the names it bound.
record Finding(Rule rule, Rule.Variant variant, List<Signal> proofs, Map<String, String> bindings) {

  Finding {
    proofs = List.copyOf(proofs);
    bindings = Map.copyOf(bindings);
  }

  int depth() {
    return variant.depth().orElse(rule.depth());
  }

  Confidence confidence() {
    return variant.confidence();
  }

  String summary() {
    return variant.summary().fill(bindings);
  }
}
