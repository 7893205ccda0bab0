/// JSON text to [dev.refloat.model.Json] and back: a streaming reader with limits, and a writer.
@NullMarked
package dev.refloat.adapter.json;

import org.jspecify.annotations.NullMarked;
