package org.pfha.net.raw;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests on real interfaces, in network namespaces of their own: as root on Linux, with Debian's
 * packages iproute2 and whatever else is named. Elsewhere they are skipped, with one line that says
 * why.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("netns")
@Timeout(120)
@ExtendWith(NeedsNamespaces.Condition.class)
@interface NeedsNamespaces {

  /** Further commands that must be there. */
  String[] value() default {};

  /** Looks whether this machine can do it. */
  final class Condition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      NeedsNamespaces needs = context.getRequiredTestClass().getAnnotation(NeedsNamespaces.class);
      String why = needs == null ? "" : missing(needs.value());
      if (why.isEmpty()) {
        return ConditionEvaluationResult.enabled("root on Linux");
      }
      String line =
          "%s is skipped: it needs %s"
              .formatted(context.getRequiredTestClass().getSimpleName(), why);
      System.out.println(line);
      return ConditionEvaluationResult.disabled(line);
    }

    private static String missing(String[] commands) {
      List<String> missing = new ArrayList<>();
      if (!System.getProperty("os.name").equals("Linux") || !isRoot()) {
        missing.add("root on Linux");
      }
      List<String> all = new ArrayList<>(List.of(commands));
      all.add("ip");
      for (String command : all) {
        if (!isThere(command)) {
          missing.add("the command " + command);
        }
      }
      return String.join(", ", missing);
    }

    private static boolean isRoot() {
      try {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
      } catch (IOException | UnsupportedOperationException e) {
        return false;
      }
    }

    private static boolean isThere(String command) {
      return List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
          .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }
  }
}
