/// The rules, one class each, named after what it finds. [dev.refloat.lint.rule.Rules] lists them.
@NullMarked
package dev.refloat.lint.rule;

import org.jspecify.annotations.NullMarked;
