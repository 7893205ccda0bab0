package dev.refloat.testbed;

import java.util.List;
import java.util.stream.Stream;

/// The programs of the test bed, with the Go module and version each is built from. This is the one
/// place where versions are pinned; a change gives the cache a new folder.
public enum Binary {
  ETCD("etcd", Module.ETCD, "go.etcd.io/etcd/server/v3"),
  KUBE_APISERVER("kube-apiserver", Module.KUBERNETES, "k8s.io/kubernetes/cmd/kube-apiserver"),
  KUBE_CONTROLLER_MANAGER(
      "kube-controller-manager",
      Module.KUBERNETES,
      "k8s.io/kubernetes/cmd/kube-controller-manager"),
  KUBE_SCHEDULER("kube-scheduler", Module.KUBERNETES, "k8s.io/kubernetes/cmd/kube-scheduler"),
  KUBECTL("kubectl", Module.KUBERNETES, "k8s.io/kubernetes/cmd/kubectl"),
  HELM("helm", Module.HELM, "helm.sh/helm/v4/cmd/helm"),
  KWOK("kwok", Module.KWOK, "sigs.k8s.io/kwok/cmd/kwok"),
  CRANE("crane", Module.CRANE, "github.com/google/go-containerregistry/cmd/crane"),
  CONTROLLER_GEN(
      "controller-gen", Module.CONTROLLER_TOOLS, "sigs.k8s.io/controller-tools/cmd/controller-gen");

  /// A Go module, and how long a first build takes on two cores, for the message before it.
  public enum Module {
    ETCD("go.etcd.io/etcd/server/v3", "v3.7.3", "1 minute"),
    KUBERNETES("k8s.io/kubernetes", "v1.37.2", "8 minutes"),
    HELM("helm.sh/helm/v4", "v4.3.1", "2 minutes"),
    KWOK("sigs.k8s.io/kwok", "v0.8.0", "2 minutes"),
    CRANE("github.com/google/go-containerregistry", "v0.22.1", "1 minute"),
    CONTROLLER_TOOLS("sigs.k8s.io/controller-tools", "v0.23.0", "1 minute");

    private final String path;
    private final String version;
    private final String firstBuild;

    Module(String path, String version, String firstBuild) {
      this.path = path;
      this.version = version;
      this.firstBuild = firstBuild;
    }

    public String path() {
      return path;
    }

    public String version() {
      return version;
    }

    String firstBuild() {
      return firstBuild;
    }

    List<Binary> binaries() {
      return Stream.of(Binary.values()).filter(b -> b.module == this).toList();
    }
  }

  /// A module whose Go types the Flux CRDs are made from, and its API packages.
  record ApiModule(String path, String version, List<String> packages) {}

  /// The API of the Flux controllers that the recordings come from: helm-controller 1.6 and
  /// source-controller 1.9, with the sister controllers of the same Flux release.
  static final List<ApiModule> FLUX_APIS =
      List.of(
          new ApiModule("github.com/fluxcd/helm-controller/api", "v1.6.3", List.of("v2")),
          new ApiModule("github.com/fluxcd/source-controller/api", "v1.9.1", List.of("v1")),
          new ApiModule("github.com/fluxcd/kustomize-controller/api", "v1.9.6", List.of("v1")),
          new ApiModule(
              "github.com/fluxcd/notification-controller/api", "v1.9.4", List.of("v1", "v1beta3")));

  private final String program;
  private final Module module;
  private final String goPackage;

  Binary(String program, Module module, String goPackage) {
    this.program = program;
    this.module = module;
    this.goPackage = goPackage;
  }

  /// The file name.
  public String program() {
    return program;
  }

  public Module module() {
    return module;
  }

  String goPackage() {
    return goPackage;
  }
}
