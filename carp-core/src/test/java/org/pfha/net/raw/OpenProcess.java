package org.pfha.net.raw;

/** Opens a transport on em0 in a process of its own, and says how that went. */
final class OpenProcess {

  private OpenProcess() {}

  public static void main(String[] args) throws Exception {
    try (RawTransport transport = RawTransport.builder().link("em0", 112).open()) {
      System.out.println("opened " + transport.links().get(0).name());
    } catch (RawException | UnsupportedOperationException e) {
      System.out.println(e.getClass().getName() + ": " + e.getMessage());
    }
  }
}
