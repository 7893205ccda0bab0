package dev.refloat.adapter.registry;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// The TLS settings that a source's `certSecretRef` asks for, in PEM; empty where it has none.
///
/// @param authorities the certificates to trust in place of the system's
/// @param certificate the client's
/// @param key the client's, as PKCS#8, or RSA as PKCS#1 (cert-manager's default)
record Trust(String authorities, String certificate, String key) {
  static final Trust SYSTEM = new Trust("", "", "");

  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN ((?:RSA )?)PRIVATE KEY-----([^-]++)-----END");
  private static final char[] NO_PASSWORD = new char[0];

  SSLContext context() throws Unanswered {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(clientKeys(), trusted(), null);
      return context;
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw Unanswered.because("the TLS Secret of the source holds no usable certificate or key");
    }
  }

  private TrustManager @Nullable [] trusted() throws GeneralSecurityException, IOException {
    if (authorities.isBlank()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    int n = 0;
    for (Certificate c : certificates(authorities)) {
      store.setCertificateEntry("ca" + n++, c);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private KeyManager @Nullable [] clientKeys() throws GeneralSecurityException, IOException {
    if (certificate.isBlank() || key.isBlank()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    store.setKeyEntry(
        "client", privateKey(), NO_PASSWORD, certificates(certificate).toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static Collection<? extends Certificate> certificates(String pem)
      throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private PrivateKey privateKey() throws GeneralSecurityException {
    Matcher m = PRIVATE_KEY.matcher(key);
    if (!m.find()) {
      throw new InvalidKeySpecException("no private key");
    }
    byte[] der = Base64.getMimeDecoder().decode(m.group(2));
    PKCS8EncodedKeySpec spec =
        new PKCS8EncodedKeySpec(m.group(1).isEmpty() ? der : pkcs8FromPkcs1(der));
    for (String algorithm : new String[] {"RSA", "EC"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        // The other algorithm then.
      }
    }
    throw new InvalidKeySpecException("neither RSA nor EC");
  }

  /// Puts the frame of PKCS#8 (version 0, algorithm rsaEncryption) around a PKCS#1 key.
  private static byte[] pkcs8FromPkcs1(byte[] pkcs1) {
    byte[] head = {2, 1, 0, 48, 13, 6, 9, 42, -122, 72, -122, -9, 13, 1, 1, 1, 5, 0};
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(head);
    body.writeBytes(der(4, pkcs1));
    return der(48, body.toByteArray());
  }

  private static byte[] der(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 128) {
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  @Override
  public String toString() {
    return "Trust[…]";
  }
}
