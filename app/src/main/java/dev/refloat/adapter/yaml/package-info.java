/// YAML text to [dev.refloat.model.Json] and back, as Kubernetes and Helm understand YAML, with
/// positions for error messages and limits against hostile documents.
@NullMarked
package dev.refloat.adapter.yaml;

import org.jspecify.annotations.NullMarked;
