package org.pfha.examples.browser;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests in a real browser. Where there is none they are skipped, and one line says why; with {@code
 * PFHA_BROWSER=required} in the environment that is a failure.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsBrowser.Condition.class)
public @interface NeedsBrowser {

  /** Whether there is a browser. */
  final class Condition implements ExecutionCondition {

    private static final AtomicBoolean TOLD = new AtomicBoolean();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (Browser.missing().isEmpty()) {
        return ConditionEvaluationResult.enabled("there is a browser");
      }
      String why = "no " + String.join(" and no ", Browser.missing()) + " on this machine";
      if ("required".equals(System.getenv("PFHA_BROWSER"))) {
        throw new IllegalStateException("PFHA_BROWSER=required, but there is " + why);
      }
      if (TOLD.compareAndSet(false, true)) {
        System.err.println("tests in a browser are skipped: " + why);
      }
      return ConditionEvaluationResult.disabled(why);
    }
  }
}
