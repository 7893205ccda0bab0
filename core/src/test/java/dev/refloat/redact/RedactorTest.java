package dev.refloat.redact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
  private final Redactor redactor = Redactor.byLook();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connecting to mongodb://root:S3CR3Tvalue@db:27017/x",
        "GET https://S3CR3Tvalue@github.com/org/repo: 401",
        "jdbc:postgresql://db/x?user=a&password=S3CR3Tvalue&ssl=true",
        "password=S3CR3Tvalue",
        "DB_PASSWORD = \"S3CR3Tvalue\"",
        "Server=db;Password=S3CR3Tvalue;Database=x",
        "{\"level\":\"info\",\"password\":\"S3CR3Tvalue\"}",
        "{\"msg\":\"{\\\"apiKey\\\":\\\"S3CR3Tvalue\\\"}\"}",
        "password: S3CR3Tvalue",
        "api_token: 'S3CR3Tvalue'",
        "Authorization: Bearer S3CR3Tvalue",
        "authorization: Basic dXNlcjpTM0NSM1R2YWx1ZQ==S3CR3Tvalue",
        "started with --admin-password S3CR3Tvalue --port 8080",
        "--token=S3CR3Tvalue",
        "invalid password 'S3CR3Tvalue' for user root",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIES3CR3Tvalue\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nS3CR3Tvalue and the end is cut off",
        "AccountName=x;AccountKey=S3CR3Tvalue==;EndpointSuffix=y",
        "https://x.blob/y?sv=1&sig=S3CR3Tvalue",
        "AWS_SECRET_ACCESS_KEY=S3CR3Tvalue"
      })
  void masksSecretsByTheirLook(String text) {
    assertThat(redactor.text(text)).doesNotContain("S3CR3Tvalue").contains("***");
  }

  @Test
  void leavesWordsOfItsOwnSentencesThoughAPasswordIsOneOfThem() {
    Redactor knowing = Redactor.knowing(List.of("second", "hunting"));
    for (String sentence :
        List.of("A second recovery keeps out", "the init container waits a second, then goes on")) {
      assertThat(knowing.text(sentence)).isEqualTo(sentence);
    }
    for (String value :
        List.of(
            "mongodb://root:second@db",
            "MONGO_PASS: second",
            "pw=second",
            "'second'",
            "second",
            "tried password second for root",
            "/data/second")) {
      assertThat(knowing.text(value)).as(value).contains("***").doesNotContain("second");
    }
    assertThat(knowing.text("no hunting in here")).isEqualTo("no *** in here");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "glpat-abcdefghij0123456789",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "sk_live_abcdefghijklmnop",
        "xoxb-123456789012-abcdef"
      })
  void masksTokensOfKnownMakers(String token) {
    assertThat(redactor.text("using " + token + " now")).isEqualTo("using *** now");
    assertThat(redactor.text(token)).isEqualTo("***");
  }

  /// Messages of Flux, Kubernetes and Helm that a diagnosis rests on.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "could not resolve Secret chart values reference 'ai/db' with key 'password': key not found",
        "failed to get authentication secret 'ai/creds': secrets \"creds\" not found",
        "secrets is forbidden: User \"system:serviceaccount:ai:app\" cannot list resource \"secrets\"",
        "Helm install failed for release ai/app with chart app@1.2.3: timeout waiting for: [Deployment/ai/app status: 'InProgress']",
        "create: failed to create: Secret \"sh.helm.release.v1.a.v1\" is invalid: data: Too long",
        "values don't meet the specifications of the schema(s): auth.password: missing property",
        "GET https://ghcr.io/v2/org/app@sha256:0123456789abcdef0123456789abcdef: 401 Unauthorized",
        "oci://ghcr.io/org/charts/app@sha256:0123456789abcdef0123456789abcdef",
        "Error: couldn't find key password in Secret ai/app-secrets",
        "MountVolume.SetUp failed for volume \"token\" : secret \"app-token\" not found",
        "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
        "FATAL: password authentication failed for user \"app\"",
        "token: expired",
        "invalid bearer token",
        "spec.containers[0].env[3].valueFrom.secretKeyRef.name: Required value",
        "secretName=app-tls existingSecret: app-credentials tokenTTL=5m",
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
        "app.kubernetes.io/managed-by: Helm"
      })
  void leavesWhatADiagnosisRestsOn(String text) {
    assertThat(redactor.text(text)).isEqualTo(text);
  }

  @Test
  void masksKnownValuesWhereverTheyAppear() {
    Redactor knowing =
        Redactor.knowing(
            List.of(
                "correct horse",
                "correct horse battery",
                "tiny",
                "user: hunter2a\nother:\n  key: 'hunter2b'\n",
                "{\"auths\":{\"ghcr.io\":{\"password\":\"hunter2c\"}}}",
                "postgres://app:hunter2d@db/x"));
    assertThat(knowing.text("said: correct horse battery; correct horse."))
        .isEqualTo("said: ***; ***.");
    assertThat(knowing.text("tiny words stay, ghcr.io too"))
        .isEqualTo("tiny words stay, ghcr.io too");
    for (String inside : List.of("hunter2a", "hunter2b", "hunter2c", "hunter2d")) {
      assertThat(knowing.text("x" + inside + "y")).isEqualTo("x***y");
    }
    assertThat(knowing.text("Y29ycmVjdCBob3JzZQ==")).doesNotContain("Y29ycmVjdCBob3JzZQ");
    assertThat(knowing.masked()).isPositive();
  }

  @Test
  void masksObjectsByTheNamesOfTheirFields() {
    Json pod =
        Json.from(
            Map.of(
                "apiVersion", "v1",
                "kind", "Pod",
                "metadata",
                    Map.of(
                        "name",
                        "app",
                        "annotations",
                        Map.of(
                            "kubectl.kubernetes.io/last-applied-configuration", "S3CR3T",
                            "example.com/api-token", "S3CR3T",
                            "note", "password=S3CR3T")),
                "spec",
                    Map.of(
                        "containers",
                        List.of(
                            Map.of(
                                "name", "c",
                                "args", List.of("--db-password", "S3CR3T", "--verbose", "yes"),
                                "env",
                                    List.of(
                                        Map.of("name", "DB_PASSWORD", "value", "S3CR3T"),
                                        Map.of("name", "MODE", "value", "fast"),
                                        Map.of("name", "REF_TOKEN", "value", "$(OTHER)"))))),
                "status", Map.of("token", "S3CR3T")));
    Json masked = redactor.resource(Resource.of(pod)).root();
    assertThat(masked.toString()).doesNotContain("S3CR3T").contains("fast", "yes", "$(OTHER)");
    assertThat(masked.at("metadata", "annotations").strings()).hasSize(2);
    assertThat(masked.at("metadata", "name").text()).isEqualTo("app");
  }

  @Test
  void keepsTheKeysOfSecretsAndTheShapeOfValues() {
    Json secret =
        Json.from(
            Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Map.of("name", "s"),
                "data",
                Map.of("password", "czNjcjN0")));
    assertThat(redactor.resource(Resource.of(secret)).at("data", "password").text())
        .isEqualTo("Kioq");
    Json release =
        Json.from(
            Map.of(
                "apiVersion",
                "helm.toolkit.fluxcd.io/v2",
                "kind",
                "HelmRelease",
                "metadata",
                Map.of("name", "r"),
                "spec",
                Map.of(
                    "timeout",
                    "5m",
                    "values",
                    Map.of("replicas", 3, "pin", 123456, "on", true, "a", List.of("x")))));
    Json spec = redactor.resource(Resource.of(release)).root().get("spec");
    assertThat(spec.get("timeout").text()).isEqualTo("5m");
    assertThat(spec.at("values", "replicas").text()).isEqualTo("3");
    assertThat(spec.at("values", "pin").text()).isEqualTo("***");
    assertThat(spec.at("values", "on").isTrue()).isTrue();
    assertThat(spec.at("values", "a").list()).containsExactly(new Json.Str("***"));
  }

  @Test
  void masksNothingWhenItIsOff() {
    assertThat(Redactor.off().text("password=x12345678")).isEqualTo("password=x12345678");
  }

  @Test
  void staysLinearOnHostileText() {
    for (String piece :
        List.of(
            "password=", "a://", "\"", "\"a\":\"", "eyJ", "--a ", "a: ", "-----BEGIN ", "\\\"")) {
      String text = piece.repeat(100_000 / piece.length());
      Assertions.assertTimeout(
          Duration.ofSeconds(20), () -> assertThat(redactor.text(text)).isNotNull());
    }
  }
}
