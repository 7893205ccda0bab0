package dev.refloat.adapter.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// The charts of a Helm repository's `index.yaml`, taken from the stream of YAML
/// events
/// as it comes in: an index can have 50 MB, of which a thousandth is of interest. Aliases are not
/// followed, so an index of references to references stays as small as it is.
final class HelmIndex {
  private static final int DEEPEST = 64;
  private static final int MOST_VERSIONS = 300_000;
  private static final int LONGEST_NAME = 256;

  private static final int LONGEST_ADDRESS = 2048;

  private final Map<String, List<Entry>> charts = new LinkedHashMap<>();
  private final boolean[] inMapping = new boolean[DEEPEST + 1];
  private final boolean[] atKey = new boolean[DEEPEST + 1];
  private final String[] keys = new String[DEEPEST + 1];
  private int depth;
  private int versions;
  private boolean hasEntries;

  private String version = "";
  private String address = "";
  private String digest = "";

  /// One version of a chart.
  ///
  /// @param address of its archive, perhaps relative to the index; empty when there is none
  /// @param digest SHA-256 of the archive in hex, perhaps empty
  record Entry(String version, String address, String digest) {}

  private HelmIndex() {}

  Set<String> charts() {
    return charts.keySet();
  }

  /// The versions of a chart, in the order of the index.
  Optional<List<Entry>> entries(String chart) {
    return Optional.ofNullable(charts.get(chart));
  }

  /// @param host names the repository in errors
  static HelmIndex read(InputStream in, String host)
      throws IOException, Unanswered, InterruptedException {
    HelmIndex index = new HelmIndex();
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).setUseMarks(false).build();
    try {
      for (Event event : new Parse(settings).parseInputStream(in)) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        index.take(event, host);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (YamlEngineException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof IOException io) {
          throw io;
        }
      }
      throw Unanswered.because("what " + host + " answers is no chart index: not YAML");
    }
    if (!index.hasEntries) {
      throw Unanswered.because("what " + host + " answers is no chart index: no entries in it");
    }
    return index;
  }

  private void take(Event event, String host) throws Unanswered {
    switch (event.getEventId()) {
      case MappingStart -> open(true, host);
      case SequenceStart -> open(false, host);
      case MappingEnd, SequenceEnd -> end();
      case Scalar -> scalar((ScalarEvent) event, host);
      case Alias -> value((AliasEvent) event);
      case StreamStart, StreamEnd, DocumentStart, DocumentEnd, Comment -> {}
    }
  }

  private void open(boolean mapping, String host) throws Unanswered {
    if (depth == DEEPEST) {
      throw Unanswered.because("what " + host + " answers is no chart index: nested too deeply");
    }
    boolean key = inMapping[depth] && atKey[depth];
    if (inMapping[depth]) {
      if (key) {
        keys[depth] = "";
      }
      atKey[depth] = !key;
    }
    depth++;
    inMapping[depth] = mapping;
    atKey[depth] = mapping;
    keys[depth] = "";
    if (depth == 2 && mapping && keys[1].equals("entries")) {
      hasEntries = true;
    }
  }

  private void scalar(ScalarEvent event, String host) throws Unanswered {
    if (!inMapping[depth]) {
      // entries: { CHART: [ { urls: [ A ] } ] }
      if (inVersion(5)
          && keys[4].equals("urls")
          && address.isEmpty()
          && event.getValue().length() <= LONGEST_ADDRESS) {
        address = event.getValue();
      }
      return;
    }
    if (atKey[depth]) {
      keys[depth] = event.getValue();
      atKey[depth] = false;
      if (depth == 2 && keys[1].equals("entries") && keys[2].length() <= LONGEST_NAME) {
        charts.computeIfAbsent(keys[2], _ -> new ArrayList<>());
      }
      return;
    }
    atKey[depth] = true;
    // entries: { CHART: [ { version: V, digest: D } ] }
    if (inVersion(4)) {
      String text = event.getValue();
      if (keys[4].equals("version") && text.length() <= LONGEST_NAME) {
        if (++versions > MOST_VERSIONS) {
          throw Unanswered.because("the chart index of " + host + " has too many versions");
        }
        version = text;
      } else if (keys[4].equals("digest") && text.length() <= LONGEST_NAME) {
        digest = text;
      }
    }
  }

  /// Whether this is the entry of a version, at this depth.
  private boolean inVersion(int at) {
    return depth == at && keys[1].equals("entries") && inMapping[2] && !inMapping[3];
  }

  private void end() {
    if (inVersion(4) && inMapping[4]) {
      if (!version.isEmpty()) {
        charts
            .computeIfAbsent(keys[2], _ -> new ArrayList<>())
            .add(new Entry(version, address, digest));
      }
      version = "";
      address = "";
      digest = "";
    }
    depth--;
  }

  private void value(AliasEvent alias) {
    if (inMapping[depth]) {
      if (atKey[depth]) {
        keys[depth] = "*" + alias.getAlias();
      }
      atKey[depth] = !atKey[depth];
    }
  }
}
