package dev.refloat.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A GitOps repository of any size, as teams write them: a cluster with Flux Kustomizations, one
/// folder for each release with its kustomization, namespace and HelmRelease, charts from one
/// HelmRepository, values of some forty lines.
///
/// @param root empty folder to write into
record GitOpsRepository(Path root) {
  private static final int TEAMS = 20;

  /// Writes the repository, with charts from elsewhere.
  ///
  /// @param releases how many HelmReleases
  void write(int releases) throws IOException {
    write(releases, "webapp", "HelmRepository", "charts");
  }

  /// Writes the repository, with the chart in it.
  void writeWithChart(int releases) throws IOException {
    write(releases, "charts/webapp", "GitRepository", "flux-system");
    writeChart(root.resolve("charts/webapp"));
  }

  private void write(int releases, String chart, String sourceKind, String source)
      throws IOException {
    StringBuilder cluster = new StringBuilder();
    for (int team = 0; team < TEAMS; team++) {
      cluster.append(
          """
          ---
          apiVersion: kustomize.toolkit.fluxcd.io/v1
          kind: Kustomization
          metadata:
            name: team-%1$02d
            namespace: flux-system
          spec:
            interval: 10m
            path: ./teams/team-%1$02d
            prune: true
            sourceRef:
              kind: GitRepository
              name: flux-system
          """
              .formatted(team));
    }
    file("clusters/production/teams.yaml", cluster.toString());
    file(
        "clusters/production/sources.yaml",
        """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata:
          name: flux-system
          namespace: flux-system
        spec:
          interval: 1m
          url: https://git.example.com/platform/fleet.git
          ref:
            branch: main
        ---
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: HelmRepository
        metadata:
          name: charts
          namespace: flux-system
        spec:
          interval: 1h
          url: https://charts.example.com
        """);
    StringBuilder[] folders = new StringBuilder[TEAMS];
    for (int i = 0; i < releases; i++) {
      int team = i % TEAMS;
      if (folders[team] == null) {
        folders[team] = new StringBuilder("resources:\n");
      }
      folders[team].append("  - app-%04d\n".formatted(i));
      release(team, i, chart, sourceKind, source);
    }
    for (int team = 0; team < TEAMS; team++) {
      if (folders[team] != null) {
        file("teams/team-%02d/kustomization.yaml".formatted(team), folders[team].toString());
      }
    }
  }

  private void release(int team, int i, String chart, String sourceKind, String source)
      throws IOException {
    String folder = "teams/team-%02d/app-%04d/".formatted(team, i);
    file(folder + "kustomization.yaml", "resources:\n  - namespace.yaml\n  - release.yaml\n");
    file(
        folder + "namespace.yaml",
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: app-%04d\n".formatted(i));
    file(
        folder + "release.yaml",
        """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata:
          name: app
          namespace: app-%1$04d
        spec:
          interval: 10m
          timeout: 10m
          chart:
            spec:
              chart: %2$s
              version: 1.4.2
              sourceRef:
                kind: %3$s
                name: %4$s
                namespace: flux-system
          install:
            remediation:
              retries: 3
          upgrade:
            remediation:
              retries: 3
              remediateLastFailure: true
          values:
        """
                .formatted(i, chart, sourceKind, source)
            + indented(values(i)));
  }

  /// A chart that uses such values, for `helm template`.
  void writeChart(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("templates"));
    Files.writeString(
        folder.resolve("Chart.yaml"), "apiVersion: v2\nname: webapp\nversion: 1.4.2\n");
    Files.writeString(folder.resolve("values.yaml"), values(0));
    Files.writeString(
        folder.resolve("templates/deployment.yaml"),
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{ .Release.Name }}
        spec:
          replicas: {{ .Values.replicas }}
          selector:
            matchLabels: {app: {{ .Release.Name }}}
          template:
            metadata:
              labels: {app: {{ .Release.Name }}}
            spec:
              containers:
                - name: app
                  image: {{ .Values.image.repository }}:{{ .Values.image.tag }}
                  resources: {{ toYaml .Values.resources | nindent 20 }}
                  env:
                    {{- range $k, $v := .Values.env }}
                    - name: {{ $k }}
                      value: {{ $v | quote }}
                    {{- end }}
        """);
  }

  /// The values of one release, as a file of their own.
  static String values(int i) {
    StringBuilder values =
        new StringBuilder(
            """
            replicas: 2
            image:
              repository: registry.example.com/team/app
              tag: 1.0.%d
            resources:
              requests:
                cpu: 100m
                memory: 128Mi
              limits:
                memory: 256Mi
            service:
              port: 8080
            ingress:
              enabled: true
              host: app-%d.example.com
            env:
            """
                .formatted(i, i));
    for (int e = 0; e < 20; e++) {
      values.append("  SETTING_%02d: value-%d\n".formatted(e, e));
    }
    return values.toString();
  }

  private static String indented(String text) {
    return text.indent(4);
  }

  private void file(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, text);
  }
}
