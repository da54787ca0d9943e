package org.pfha.cluster;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is run once for each of many seeds. Its method takes the seed's {@link Scenario}.
 *
 * <pre>{@code
 * @ClusterTest(seeds = 200)
 * void myDataPlaneSurvives(Scenario scenario) {
 *   new Simulation().firmware(new MyFirmware()).verify(scenario);
 * }
 * }</pre>
 *
 * <p>{@code -Dpfha.seed=17} runs seed 17 alone. Needs JUnit Jupiter, which pfHA does not bring.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(ClusterTestExtension.class)
@SuppressWarnings("exports") // whoever uses it requires JUnit; nobody else should have to
public @interface ClusterTest {

  /**
   * How many seeds.
   *
   * @return at least 1
   */
  long seeds() default 100;

  /**
   * The first seed.
   *
   * @return any number
   */
  long from() default 1;
}
