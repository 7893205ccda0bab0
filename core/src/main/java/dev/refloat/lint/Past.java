package dev.refloat.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the environments that a cluster's changes pass through have seen.
///
/// @param environment the cluster's own, when it is declared
/// @param here what was learnt in it; nothing when nothing was
/// @param earlier what was learnt in those that a change passes before, nearest last
public record Past(
    Optional<String> environment,
    Optional<Learnt.Environment> here,
    List<Learnt.Environment> earlier) {

  public static final Past UNKNOWN = new Past(Optional.empty(), Optional.empty(), List.of());

  public Past {
    earlier = List.copyOf(earlier);
  }

  /// The past of one cluster.
  ///
  /// @param cluster the folder that it starts from
  public static Past of(String cluster, Settings settings, Learnt learnt) {
    Optional<Settings.Environment> own = settings.environmentOf(cluster);
    if (own.isEmpty()) {
      // A repository for one environment need not declare it.
      return settings.environments().isEmpty() && learnt.environments().size() == 1
          ? new Past(Optional.empty(), Optional.of(learnt.environments().getFirst()), List.of())
          : UNKNOWN;
    }
    List<Learnt.Environment> earlier = new ArrayList<>();
    for (Settings.Environment e : settings.environments()) {
      if (e.equals(own.get())) {
        break;
      }
      learnt.find(e.name()).ifPresent(earlier::add);
    }
    return new Past(own.map(Settings.Environment::name), learnt.find(own.get().name()), earlier);
  }

  /// Whether there is anything to judge by.
  public boolean known() {
    return here.isPresent() || !earlier.isEmpty();
  }
}
