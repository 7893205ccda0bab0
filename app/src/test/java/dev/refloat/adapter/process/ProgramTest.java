package dev.refloat.adapter.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Runs the JDK that runs this test: it is the one program that is there on every system.
class ProgramTest {
  private static final Program.Limits LIMITS =
      new Program.Limits(Duration.ofSeconds(30), 1000, 1000);

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /// Says what it was given, waits when told to, leaves a child behind when told to.
  static final class Talker {
    public static void main(String[] args) throws Exception {
      switch (args[0]) {
        case "say" -> {
          System.out.print(args[1].repeat(Integer.parseInt(args[2])));
          System.err.print("oops");
          System.exit(3);
        }
        case "read" -> System.out.print(System.in.read());
        case "wait" -> Thread.sleep(Duration.ofMinutes(5));
        default -> throw new IllegalArgumentException(args[0]);
      }
    }
  }

  private static ProcessBuilder talker(String... arguments) {
    return new ProcessBuilder(
        Stream.concat(
                Stream.of(
                    JAVA,
                    "-Xshare:auto",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Talker.class.getName()),
                Stream.of(arguments))
            .toList());
  }

  @Test
  void anyExitCodeIsAnAnswer() throws ProgramFailure {
    assertThat(Program.run(talker("say", "x", "3"), LIMITS))
        .isEqualTo(new Program.Answer(3, "xxx", "oops"));
  }

  @Test
  void keepsNoMoreThanTheLimitAndStillLetsTheProgramEnd() throws ProgramFailure {
    Program.Answer answer = Program.run(talker("say", "x", "1000000"), LIMITS);
    assertThat(answer.code()).isEqualTo(3);
    assertThat(answer.output()).hasSize(1000);
  }

  @Test
  void givesNothingToRead() throws ProgramFailure {
    assertThat(Program.run(talker("read"), LIMITS).output()).isEqualTo("-1");
  }

  @Test
  void stopsWhatTakesTooLong() {
    ProcessBuilder waits = talker("wait");
    assertThatThrownBy(
            () -> Program.run(waits, new Program.Limits(Duration.ofMillis(200), 1000, 1000)))
        .isInstanceOfSatisfying(
            ProgramFailure.class,
            e -> assertThat(e.reason()).isEqualTo(ProgramFailure.Reason.TOO_SLOW));
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
        .noneMatch(p -> p.info().arguments().map(a -> List.of(a).contains("wait")).orElse(false));
  }

  @Test
  void saysThatAProgramIsNotThere() {
    assertThatThrownBy(() -> Program.run(new ProcessBuilder("/no/such/program"), LIMITS))
        .isInstanceOfSatisfying(
            ProgramFailure.class,
            e -> assertThat(e.reason()).isEqualTo(ProgramFailure.Reason.NOT_STARTED))
        .hasMessageContaining("/no/such/program");
  }
}
