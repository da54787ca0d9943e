package org.pfha.net.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.pfha.net.LinkAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.VipController;
import org.pfha.net.VipController.Vip;
import org.pfha.net.sys.NativeMemory;
import org.pfha.net.sys.SystemCalls;

/**
 * Nothing is left of what was opened and closed. Many threads do it, because the kernel takes its
 * time over each packet socket that is closed.
 */
@NeedsNamespaces
@Isolated("what other tests have open would count")
class LeakTest {

  private static final int THREADS = 20;
  private static final int WARM = 100;
  private static final int TIMES = 10_000 / THREADS - WARM;

  private final InetAddress group = LinkAddress.parse("224.0.0.18").address();
  private final OutboundPacket packet =
      new OutboundPacket("em0", 112, null, group, 255, 0, true, null, new byte[36]);

  private final AtomicLong allocated = new AtomicLong();
  private final AtomicLong freed = new AtomicLong();
  private final SystemCalls calls = counting();

  @Test
  void tenThousandTransportsLeaveNothing() throws Exception {
    try (Wire wire = Wire.of("host")) {
      wire.host("host")
          .call(
              () -> {
                openAndClose(WARM);
                System.gc(); // what others have left open
                long files = openFiles();
                openAndClose(TIMES);
                System.gc();
                assertThat(openFiles()).as("file descriptors").isLessThanOrEqualTo(files);
                assertThat(threads()).as("loops").isZero();
                assertThat(allocated.get()).as("native memory").isGreaterThan(20_000);
                assertThat(freed.get()).as("of it given back").isEqualTo(allocated.get());
                return null;
              });
    }
  }

  private void openAndClose(int times) throws Exception {
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      Vip vip = new Vip("em0", 1, LinkAddress.parse("192.0.2.%d/24".formatted(100 + t)));
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                for (int i = 0; i < times; i++) {
                  openAndClose(vip, i % 20 == 0);
                }
                return null;
              });
      tasks.add(task);
      new Thread(task, "opens and closes").start();
    }
    for (FutureTask<Void> task : tasks) {
      task.get();
    }
  }

  private void openAndClose(Vip vip, boolean observing) throws Exception {
    try (RawTransport transport = RawTransport.builder().link("em0", 112, 240).calls(calls).open();
        VipController addresses = HostAddresses.onInterface()) {
      transport.join("em0", group);
      transport.send(packet);
      addresses.prepare(vip);
      addresses.hold(vip, Duration.ofSeconds(1));
      if (observing) {
        assertThat(transport.observeNeighbours(claim -> {})).isPresent();
      }
    }
  }

  private static long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("pfha-raw"))
        .count();
  }

  /** Makes the calls of this machine, and counts the memory they give. */
  private SystemCalls counting() {
    SystemCalls calls = SystemCalls.ofThisMachine();
    return proxy(
        SystemCalls.class,
        (proxy, method, arguments) -> {
          Object result = invoke(calls, method, arguments);
          if (!(result instanceof NativeMemory memory)) {
            return result;
          }
          allocated.incrementAndGet();
          return proxy(
              NativeMemory.class,
              (same, called, none) -> {
                if (called.getName().equals("close")) {
                  freed.incrementAndGet();
                }
                return invoke(memory, called, none);
              });
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
