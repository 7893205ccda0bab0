/// A clone of the repository that declares a cluster: finds the file that declares an object, edits
/// it, commits. The user's own git does the work (docs/adr/0005-git-program.md).
@NullMarked
package dev.refloat.adapter.git;

import org.jspecify.annotations.NullMarked;
