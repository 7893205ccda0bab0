package dev.refloat.adapter.kubernetes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates and private keys in PEM. The JDK reads PKCS #8 keys; kubeconfigs also have the
/// older
/// PKCS #1 (RSA) and SEC 1 (elliptic curve) forms, which are put into a PKCS #8 envelope here.
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----", Pattern.DOTALL);

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  /// 1.2.840.113549.1.1.1 with NULL parameters.
  private static final byte[] RSA = {
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  /// 1.2.840.10045.2.1.
  private static final byte[] ELLIPTIC = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int OBJECT_ID = 0x06;

  private Pem() {}

  static List<X509Certificate> certificates(byte[] pem) throws CertificateException {
    List<X509Certificate> found = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    Matcher m = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    while (m.find()) {
      if (m.group(1).equals("CERTIFICATE")) {
        found.add(
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(decode(m.group(2)))));
      }
    }
    if (found.isEmpty()) {
      throw new CertificateException("no certificate in PEM form");
    }
    return found;
  }

  static PrivateKey privateKey(byte[] pem) throws GeneralSecurityException {
    Matcher m = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    Optional<byte[]> curve = Optional.empty();
    while (m.find()) {
      byte[] body = decode(m.group(2));
      switch (m.group(1)) {
        case "EC PARAMETERS" -> curve = Optional.of(body);
        case "PRIVATE KEY" -> {
          return pkcs8(body);
        }
        case "RSA PRIVATE KEY" -> {
          return pkcs8(der(SEQUENCE, join(VERSION_0, der(SEQUENCE, RSA), der(OCTETS, body))));
        }
        case "EC PRIVATE KEY" -> {
          byte[] named = curveOf(body).or(curveGiven(curve)).orElseThrow(Pem::noCurve);
          return pkcs8(
              der(
                  SEQUENCE,
                  join(VERSION_0, der(SEQUENCE, join(ELLIPTIC, named)), der(OCTETS, body))));
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new InvalidKeyException("the key is encrypted; kubeconfigs need it in the clear");
        default -> {}
      }
    }
    throw new InvalidKeyException("no private key in PEM form");
  }

  private static java.util.function.Supplier<Optional<byte[]>> curveGiven(Optional<byte[]> curve) {
    return () -> curve;
  }

  private static InvalidKeyException noCurve() {
    return new InvalidKeyException("the elliptic curve of the key is not named");
  }

  private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
    InvalidKeyException none =
        new InvalidKeyException("the key is neither RSA, nor EC, nor EdDSA, or it is damaged");
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        none.addSuppressed(e);
      }
    }
    throw none;
  }

  private static byte[] decode(String base64) throws CertificateException {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new CertificateException("damaged base64 in PEM", e);
    }
  }

  /// The object id in the tag [0] of `ECPrivateKey ::= SEQUENCE { 1, OCTET STRING, [0] OID, [1] …
  /// }`
  /// (RFC 5915).
  private static Optional<byte[]> curveOf(byte[] sec1) {
    try {
      int at = content(sec1, 0);
      at = next(sec1, at);
      at = next(sec1, at);
      if (at < sec1.length && (sec1[at] & 0xff) == 0xa0) {
        int inner = content(sec1, at);
        if (sec1[inner] == OBJECT_ID) {
          return Optional.of(java.util.Arrays.copyOfRange(sec1, inner, next(sec1, inner)));
        }
      }
      return Optional.empty();
    } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException e) {
      return Optional.empty(); // damaged; the key factory says so
    }
  }

  private static int content(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int next(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    int length = first;
    if (first >= 0x80) {
      length = 0;
      for (int i = 0; i < (first & 0x7f); i++) {
        length = (length << 8) | (der[at + 2 + i] & 0xff);
      }
    }
    return Math.addExact(content(der, at), length);
  }

  private static byte[] der(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      int bytes = (39 - Integer.numberOfLeadingZeros(content.length)) / 8;
      out.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        out.write(content.length >>> (8 * i));
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
