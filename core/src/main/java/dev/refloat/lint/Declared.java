package dev.refloat.lint;

import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.Optional;

/// An object as Flux would apply it: after overlays, patches and `postBuild` substitution, with its
/// namespace filled in.
///
/// @param positions where its fields are written
/// @param by the Flux Kustomization that would apply it; nothing when the repository does not tell
/// @param encrypted whether SOPS hides its values; they are then not to be judged
public record Declared(
    Resource object, Positions positions, Optional<ObjectRef> by, boolean encrypted) {

  public ObjectRef ref() {
    return object.ref();
  }
}
