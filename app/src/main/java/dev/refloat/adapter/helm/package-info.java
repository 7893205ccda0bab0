/// Helm's storage records: the Secrets `sh.helm.release.v1.NAME.vN`, decoded and encoded.
@NullMarked
package dev.refloat.adapter.helm;

import org.jspecify.annotations.NullMarked;
