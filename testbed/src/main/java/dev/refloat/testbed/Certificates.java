package dev.refloat.testbed;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// The certificate authority of one test cluster: makes server and client certificates, valid for a
/// day. The JDK reads X.509 certificates but has no public way to write them, so the few DER
/// structures are written here (RFC 5280).
public final class Certificates {
  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Issued authority;

  /// A certificate and its key.
  public record Issued(X509Certificate certificate, PrivateKey key) {
    public String certificatePem() {
      return pem("CERTIFICATE", encoded(certificate));
    }

    /// PKCS #8, which Go and OpenSSL read.
    public String keyPem() {
      return pem("PRIVATE KEY", key.getEncoded());
    }
  }

  private Certificates(Issued authority) {
    this.authority = authority;
  }

  /// A new authority.
  public static Certificates create() {
    KeyPair keys = newKeys();
    byte[] certificate =
        write(keys, name("refloat-testbed", List.of()), null, keys, authorityExtensions());
    return new Certificates(new Issued(parse(certificate), keys.getPrivate()));
  }

  public Issued authority() {
    return authority;
  }

  /// A certificate for servers on the loopback interface.
  public Issued server() {
    return issue(name("loopback", List.of()), serverExtensions());
  }

  /// A certificate that Kubernetes reads as a user (common name) in groups (organisations).
  public Issued client(String user, List<String> groups) {
    return issue(name(user, groups), clientExtensions());
  }

  /// An elliptic key pair, as the API server signs service account tokens with.
  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has P-256", e);
    }
  }

  /// TLS that trusts this authority; with `own`, it also shows that certificate to its peer.
  SSLContext tls(@Nullable Issued own) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("authority", authority.certificate());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      KeyManager[] keys = null;
      if (own != null) {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
            "own",
            own.key(),
            new char[0],
            new Certificate[] {own.certificate(), authority.certificate()});
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        keys = factory.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust.getTrustManagers(), RANDOM);
      return context;
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException("cannot set up TLS", e);
    }
  }

  static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private Issued issue(byte[] subject, byte[] extensions) {
    KeyPair keys = newKeys();
    KeyPair signer = new KeyPair(authority.certificate().getPublicKey(), authority.key());
    byte[] certificate =
        write(
            keys,
            subject,
            authority.certificate().getSubjectX500Principal().getEncoded(),
            signer,
            extensions);
    return new Issued(parse(certificate), keys.getPrivate());
  }

  private static byte[] write(
      KeyPair keys, byte[] subject, byte @Nullable [] issuer, KeyPair signer, byte[] extensions) {
    byte[] algorithm = sequence(oid(ECDSA_WITH_SHA256));
    Instant now = Instant.now();
    byte[] body =
        sequence(
            tag(0xa0, integer(BigInteger.TWO)),
            integer(new BigInteger(120, RANDOM).setBit(119)),
            algorithm,
            issuer == null ? subject : issuer,
            sequence(time(now.minus(1, ChronoUnit.HOURS)), time(now.plus(1, ChronoUnit.DAYS))),
            subject,
            keys.getPublic().getEncoded(),
            tag(0xa3, extensions));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(signer.getPrivate());
      signature.update(body);
      return sequence(body, algorithm, bits(0, signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java signs with P-256", e);
    }
  }

  private static X509Certificate parse(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new java.io.ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate was written that is none", e);
    }
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate cannot be encoded", e);
    }
  }

  private static byte[] authorityExtensions() {
    return sequence(
        extension("2.5.29.19", true, sequence(tag(0x01, new byte[] {(byte) 0xff}))),
        // keyCertSign and cRLSign
        extension("2.5.29.15", true, bits(1, new byte[] {0x06})));
  }

  private static byte[] serverExtensions() {
    byte[] loopback = InetAddress.getLoopbackAddress().getAddress();
    return sequence(
        // digitalSignature
        extension("2.5.29.15", true, bits(7, new byte[] {(byte) 0x80})),
        extension("2.5.29.37", false, sequence(oid("1.3.6.1.5.5.7.3.1"))),
        extension(
            "2.5.29.17",
            false,
            sequence(
                tag(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)), tag(0x87, loopback))));
  }

  private static byte[] clientExtensions() {
    return sequence(
        extension("2.5.29.15", true, bits(7, new byte[] {(byte) 0x80})),
        extension("2.5.29.37", false, sequence(oid("1.3.6.1.5.5.7.3.2"))));
  }

  private static byte[] extension(String id, boolean critical, byte[] value) {
    return critical
        ? sequence(oid(id), tag(0x01, new byte[] {(byte) 0xff}), tag(0x04, value))
        : sequence(oid(id), tag(0x04, value));
  }

  private static byte[] name(String commonName, List<String> organisations) {
    List<byte[]> parts = new ArrayList<>();
    for (String o : organisations) {
      parts.add(attribute("2.5.4.10", o));
    }
    parts.add(attribute("2.5.4.3", commonName));
    return sequence(parts.toArray(byte[][]::new));
  }

  private static byte[] attribute(String id, String value) {
    return tag(0x31, sequence(oid(id), tag(0x0c, value.getBytes(StandardCharsets.UTF_8))));
  }

  private static byte[] time(Instant at) {
    String text =
        DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC).format(at);
    return tag(0x18, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] integer(BigInteger value) {
    return tag(0x02, value.toByteArray());
  }

  private static byte[] bits(int unused, byte[] value) {
    byte[] content = new byte[value.length + 1];
    content[0] = (byte) unused;
    System.arraycopy(value, 0, content, 1, value.length);
    return tag(0x03, content);
  }

  private static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      long arc = Long.parseLong(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >> shift > 0) {
          out.write((int) (((arc >> shift) & 0x7f) | 0x80));
        }
      }
      out.write((int) (arc & 0x7f));
    }
    return tag(0x06, out.toByteArray());
  }

  private static byte[] sequence(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] p : parts) {
      out.writeBytes(p);
    }
    return tag(0x30, out.toByteArray());
  }

  private static byte[] tag(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length & 0xff);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
