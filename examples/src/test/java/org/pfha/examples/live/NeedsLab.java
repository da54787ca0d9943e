package org.pfha.examples.live;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.pfha.examples.lab.Lab;

/**
 * Tests that run in network namespaces, several at a time since they mostly wait. Where there are
 * none to be had they are skipped, and one line says why; with {@code PFHA_LIVE=required} in the
 * environment that is a failure.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(NeedsLab.Condition.class)
@interface NeedsLab {

  /** Programs without which the tests make no sense. */
  String[] value() default {};

  /** Whether there is a lab to be had. */
  final class Condition implements ExecutionCondition {

    static final AtomicBoolean TOLD = new AtomicBoolean();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      NeedsLab needs = context.getRequiredTestClass().getAnnotation(NeedsLab.class);
      return decide(Lab.missing(needs.value()), System.getenv("PFHA_LIVE"), System.err::println);
    }

    /** Required tests fail, others are skipped with one line for all of them. */
    static ConditionEvaluationResult decide(
        Optional<String> missing, @Nullable String live, Consumer<String> say) {
      if (missing.isEmpty()) {
        return ConditionEvaluationResult.enabled("a lab is to be had");
      }
      if ("required".equals(live)) {
        throw new IllegalStateException("PFHA_LIVE=required, but " + missing.get());
      }
      if (TOLD.compareAndSet(false, true)) {
        say.accept("live tests are skipped: " + missing.get());
      }
      return ConditionEvaluationResult.disabled(missing.get());
    }
  }
}
