/// Results of the core as text, JSON, YAML and Markdown. Everything printed passes one [Edge].
@NullMarked
package dev.refloat.render;

import org.jspecify.annotations.NullMarked;
