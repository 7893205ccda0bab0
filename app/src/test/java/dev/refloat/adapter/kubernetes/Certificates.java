package dev.refloat.adapter.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Self-signed key pairs for tests, made by the JDK's keytool.
final class Certificates {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final KeyStore store;

  private Certificates(KeyStore store) {
    this.store = store;
  }

  static Certificates make(Path folder, String algorithm, String names) {
    Path file = folder.resolve("pair-" + System.nanoTime() + ".p12");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "pair",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=test",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD)));
    if (!names.isEmpty()) {
      command.addAll(List.of("-ext", "san=" + names));
    }
    try {
      Process keytool =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException("keytool failed: " + command);
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, PASSWORD);
      }
      return new Certificates(store);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  byte[] certificate() {
    try {
      Certificate certificate = store.getCertificate("pair");
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] pkcs8() {
    try {
      Key key = store.getKey("pair", PASSWORD);
      return key.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  Key key() {
    try {
      return store.getKey("pair", PASSWORD);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] keyPkcs8() {
    return pem("PRIVATE KEY", pkcs8());
  }

  /// The older form of the key: what PKCS #8 wraps, which is its last octet string.
  byte[] keyTraditional(String label) {
    byte[] der = pkcs8();
    for (int at = 0; at < der.length - 4; at++) {
      if (der[at] == 0x04) {
        int first = der[at + 1] & 0xff;
        int size = first < 0x80 ? 0 : first & 0x7f;
        int length = first;
        if (size > 0) {
          length = 0;
          for (int i = 0; i < size; i++) {
            length = (length << 8) | (der[at + 2 + i] & 0xff);
          }
        }
        if (at + 2 + size + length == der.length) {
          return pem(label, Arrays.copyOfRange(der, at + 2 + size, der.length));
        }
      }
    }
    throw new IllegalStateException("no inner key");
  }

  static byte[] pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return ("-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// For a server with this pair that trusts a client.
  SSLContext serverContext(Certificates client) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("client", client.store.getCertificate("pair"));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
