package dev.refloat.adapter.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// A user name and a password, or a registry's token in place of a password.
record Login(String user, String password) {

  String header() {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "Login[…]";
  }
}
