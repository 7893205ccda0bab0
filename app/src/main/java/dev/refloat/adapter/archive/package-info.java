/// Archives as they come from elsewhere: names and links that lead out are refused.
@NullMarked
package dev.refloat.adapter.archive;

import org.jspecify.annotations.NullMarked;
