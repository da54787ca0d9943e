package org.pfha.pf.device;

import static org.pfha.pf.device.Refusal.unless;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.pfha.pf.StateKey;

/** The interface pfsync0 of a kernel in memory (spec pf-ioctl 8). */
final class InMemoryPfsync {

  private static final int EFAULT = 14;
  private static final int DEFER = 2;
  private static final int OK = 1;
  private static final int MAX_UPDATES = 255;
  private static final int MAX_SET = 2 << 20;
  private static final byte[] GROUP = {(byte) 224, 0, 0, (byte) 240};
  private static final NvList NO_PEER = NvList.builder().build();

  private final InMemoryPf.Release release;
  private final InMemoryInterfaces interfaces;
  private final Map<String, byte[]> variables = new HashMap<>();
  private boolean loaded = true;
  private String syncdev = "";
  private int maxUpdates = 128;
  private boolean defer;
  private int version;
  private byte[] peer = KernelPfsync.socketAddress(GROUP, 0);

  InMemoryPfsync(InMemoryPf.Release release, InMemoryInterfaces interfaces) {
    this.release = release;
    this.interfaces = interfaces;
    version = defaultVersion();
    int actions = release.major() >= 15 ? 17 : release.major() >= 14 ? 15 : 13;
    variables.put("net.pfsync.stats", new byte[Long.BYTES * (16 + 2 * actions)]);
    variables.put("net.pfsync.carp_demotion_factor", Struct.of(4).putInt(240).array());
    variables.put("net.pfsync.defer_delay", Struct.of(4).putInt(10).array());
  }

  private int defaultVersion() {
    return release.major() >= 15 ? 1500 : 1400;
  }

  void loaded(boolean isLoaded) {
    loaded = isLoaded;
  }

  boolean isLoaded() {
    return loaded;
  }

  byte[] variable(String name) throws Refusal {
    byte[] value = variables.get(name);
    if (value == null || !loaded) {
      throw new Refusal(Errno.ENOENT);
    }
    return value;
  }

  void setVariable(String name, byte[] value) throws Refusal {
    unless(variable(name).length == value.length, Errno.EINVAL);
    variables.put(name, value.clone());
  }

  void handle(long word, ByteBuffer ifreq, ByteBuffer pointee) throws Refusal {
    boolean nv = word == KernelPfsync.SIOCSETPFSYNCNV || word == KernelPfsync.SIOCGETPFSYNCNV;
    boolean known = word == KernelPfsync.SIOCSETPFSYNC || word == KernelPfsync.SIOCGETPFSYNC || nv;
    unless(known, Errno.ENOTTY);
    unless(loaded && Struct.string(ifreq, 0, Layouts.IFNAME).equals("pfsync0"), Errno.ENXIO);
    unless(!nv || release.major() >= 14, Errno.ENOTTY);
    if (word == KernelPfsync.SIOCGETPFSYNC) {
      get(pointee);
    } else if (word == KernelPfsync.SIOCSETPFSYNC) {
      set(pointee);
    } else if (word == KernelPfsync.SIOCGETPFSYNCNV) {
      getNv(ifreq, pointee);
    } else {
      setNv(ifreq, pointee);
    }
  }

  private void get(ByteBuffer out) throws Refusal {
    room(out, PfsyncRequest.SIZE);
    // of an IPv6 peer 14 and later give what stands where an IPv4 one would: its flow label
    byte[] word = Arrays.copyOfRange(peer, 4, 8);
    int bits = release.major() >= 14 ? OK | (defer ? DEFER : 0) : defer ? 1 : 0;
    out.put(
        0,
        new PfsyncRequest(
                syncdev, (Inet4Address) StateKey.toAddress(StateKey.INET, word), maxUpdates, bits)
            .toBytes());
  }

  private void set(ByteBuffer in) throws Refusal {
    room(in, PfsyncRequest.SIZE);
    byte[] bytes = new byte[PfsyncRequest.SIZE];
    in.get(0, bytes);
    PfsyncRequest wanted = PfsyncRequest.ofBytes(bytes);
    unless(wanted.maxUpdates() >= 0 && wanted.maxUpdates() <= MAX_UPDATES, Errno.EINVAL);
    unless(wanted.syncdev().isEmpty() || interfaces.isInterface(wanted.syncdev()), Errno.EINVAL);
    byte[] address = wanted.syncpeer().getAddress();
    peer = KernelPfsync.socketAddress(Arrays.equals(address, new byte[4]) ? GROUP : address, 0);
    syncdev = wanted.syncdev();
    maxUpdates = wanted.maxUpdates();
    defer = release.major() >= 14 ? (wanted.defer() & DEFER) != 0 : wanted.defer() != 0;
    version = defaultVersion();
  }

  private void getNv(ByteBuffer ifreq, ByteBuffer out) throws Refusal {
    NvListBuilder reply = NvList.builder();
    if (!syncdev.isEmpty()) {
      reply.text("syncdev", syncdev);
    }
    reply
        .number("maxupdates", maxUpdates)
        .number("flags", OK | (defer ? DEFER : 0))
        .number("version", version)
        .list(
            "syncpeer",
            NvList.builder().number("af", peer[1] & 0xff).binary("address", peer).build());
    byte[] bytes = reply.build().toBytes();
    unless(bytes.length <= ifreq.getInt(KernelPfsync.NV_CAPACITY_OFFSET), Errno.EFBIG);
    room(out, bytes.length);
    out.put(0, bytes);
    ifreq.putInt(KernelPfsync.NV_LENGTH_OFFSET, bytes.length);
  }

  /** Takes a whole configuration. Without a version a kernel panics: no caller may rely on this. */
  private void setNv(ByteBuffer ifreq, ByteBuffer in) throws Refusal {
    int length = ifreq.getInt(KernelPfsync.NV_LENGTH_OFFSET);
    unless(length >= 0 && length <= MAX_SET, Errno.EINVAL);
    room(in, length);
    byte[] bytes = new byte[length];
    in.get(0, bytes);
    NvListView view = new NvListView().wrap(bytes, 0, length);
    unless(view.check(0) == NvReject.NONE, Errno.EINVAL);
    NvList wanted = view.value();
    if (wanted.number("version").isEmpty()) {
      throw new IllegalStateException(
          "kernel panic: SIOCSETPFSYNCNV without 'version' in " + wanted);
    }
    int wantedVersion = (int) wanted.number("version").getAsLong();
    unless(
        wantedVersion == 0
            || wantedVersion == 1301
            || wantedVersion == 1400
            || (wantedVersion == 1500 && release.major() >= 15),
        Errno.EINVAL);
    // what is missing is noticed, and then nothing of the rest is used
    boolean complete =
        wanted.number("maxupdates").isPresent() && wanted.number("flags").isPresent();
    NvList used = complete ? wanted : NO_PEER;
    long updates = used.number("maxupdates").orElse(0);
    unless(Long.compareUnsigned(updates, MAX_UPDATES) <= 0, Errno.EINVAL);
    String device = used.text("syncdev").orElse("");
    unless(device.isEmpty() || interfaces.isInterface(device), Errno.EINVAL);
    syncdev = device;
    maxUpdates = (int) updates;
    defer = (used.number("flags").orElse(0) & DEFER) != 0;
    version = complete && wantedVersion != 0 ? wantedVersion : defaultVersion();
    peer = used.list("syncpeer").map(this::peer).orElse(KernelPfsync.socketAddress(GROUP, 0));
  }

  /** Drops a peer whose family and length do not agree, without a word. */
  private byte[] peer(NvList list) {
    byte[] address = list.binary("address").orElse(new byte[0]);
    long family = list.number("af").orElse(0);
    int expected = family == StateKey.INET ? 16 : family == StateKey.INET6 ? 28 : -1;
    boolean agrees =
        address.length == expected && (address[0] & 0xff) == expected && address[1] == family;
    boolean any = agrees && Arrays.equals(address, 4, 8, new byte[4], 0, 4) && expected == 16;
    return agrees && !any ? address : KernelPfsync.socketAddress(GROUP, 0);
  }

  private static void room(ByteBuffer buffer, int size) throws Refusal {
    if (buffer.capacity() < size) {
      throw new Refusal(EFAULT);
    }
  }
}
