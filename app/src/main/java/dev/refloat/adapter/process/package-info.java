/// Programs of the user's machine: git, helm, credential plugins.
@NullMarked
package dev.refloat.adapter.process;

import org.jspecify.annotations.NullMarked;
