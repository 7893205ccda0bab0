package dev.refloat.adapter.registry;

import dev.refloat.evidence.Observation;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;

/// Reads the source object and the Secrets that it names, whole, from wherever the question came.
@FunctionalInterface
public interface ObjectLookup {
  Observation<Resource> read(ObjectRef ref);
}
