package com.example.firewall;

import org.pfha.net.sys.SystemCalls;

/** The same product with a real kernel under it: two system calls that need no privilege. */
public final class Native {

  private static final int READ_ONLY = 0;

  private Native() {}

  /**
   * Opens a device and closes it.
   *
   * @param args none
   * @throws Exception if JNA or the system refuses
   */
  public static void main(String[] args) throws Exception {
    SystemCalls system = SystemCalls.ofThisMachine();
    system.close(system.open("/dev/null", READ_ONLY));
    System.out.println("system calls work");
  }
}
