package dev.refloat.evidence;

import dev.refloat.model.Resource;
import java.util.List;

/// What was found out.
public sealed interface Answer {

  /// Answers [Inquiry.ListOf] and [Inquiry.HelmRecordNames].
  record Objects(List<Resource> items) implements Answer {
    public Objects {
      items = List.copyOf(items);
    }
  }

  /// Answers [Inquiry.ObjectNamed].
  record OneObject(Resource resource) implements Answer {}

  /// Answers [Inquiry.ContainerLog].
  record Text(String text) implements Answer {}

  /// Answers [Inquiry.HelmRecordNamed].
  record Release(HelmRecord record) implements Answer {}

  /// Answers [Inquiry.ChartVersions] and [Inquiry.ImageTags]: newest first where an order is known.
  record Names(List<String> names) implements Answer {
    public Names {
      names = List.copyOf(names);
    }
  }
}
