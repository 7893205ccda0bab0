/// What recoveries leave on disk: their journals, and the backups of what they remove.
@NullMarked
package dev.refloat.adapter.journal;

import org.jspecify.annotations.NullMarked;
