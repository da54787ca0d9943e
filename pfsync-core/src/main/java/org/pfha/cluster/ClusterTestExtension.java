package org.pfha.cluster;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs the methods that are marked {@link ClusterTest}. */
@SuppressWarnings("exports") // as its annotation
public final class ClusterTestExtension implements TestTemplateInvocationContextProvider {

  private static final String ONLY = "pfha.seed";

  /** For JUnit. */
  public ClusterTestExtension() {}

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getTestMethod(), ClusterTest.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    ClusterTest test =
        AnnotationSupport.findAnnotation(context.getTestMethod(), ClusterTest.class).orElseThrow();
    Long only = Long.getLong(ONLY);
    LongStream seeds =
        only == null
            ? LongStream.range(test.from(), test.from() + test.seeds())
            : LongStream.of(only);
    return seeds.mapToObj(Invocation::new);
  }

  private record Invocation(long seed) implements TestTemplateInvocationContext, ParameterResolver {

    @Override
    public String getDisplayName(int invocationIndex) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(this);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Scenario.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return Scenario.of(seed);
    }
  }
}
