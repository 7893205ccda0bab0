package dev.refloat.adapter.yaml;

import java.io.IOException;
import java.io.Serial;

/// An edit that cannot be made safely. The message says where and why, as `source:line:column:
/// problem`; it never quotes values, which may be secret.
public final class UneditableYaml extends IOException {
  @Serial private static final long serialVersionUID = 1;

  UneditableYaml(String message) {
    super(message);
  }
}
