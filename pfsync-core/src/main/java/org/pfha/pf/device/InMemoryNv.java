package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * How a kernel takes an nvlist and gives one back (spec pf-ioctl 5.1). A reply that does not fit is
 * refused after the work is done, and its size is lost, since nothing is copied out on failure.
 */
final class InMemoryNv {

  private static final int EFAULT = 14;

  private InMemoryNv() {}

  /** The request, as long as it says it is. */
  static NvList request(ByteBuffer nv, ByteBuffer data, int maxBytes) throws Refusal {
    long length = nv.getLong(Layouts.NV_LEN);
    Refusal.unless(Long.compareUnsigned(length, maxBytes) <= 0, Errno.ENOMEM);
    if (length > data.capacity()) {
      throw new Refusal(EFAULT);
    }
    byte[] bytes = new byte[(int) length];
    data.get(0, bytes);
    NvListView view = new NvListView().wrap(bytes, 0, bytes.length);
    Refusal.unless(view.check(0) == NvReject.NONE, Errno.EBADMSG);
    return view.value();
  }

  /** The reply; with a size of 0 only its length. */
  static void reply(ByteBuffer nv, ByteBuffer data, NvList reply) throws Refusal {
    byte[] bytes = reply.toBytes();
    long size = nv.getLong(Layouts.NV_SIZE);
    if (size != 0) {
      Refusal.unless(Long.compareUnsigned(bytes.length, size) <= 0, Errno.ENOSPC);
      if (bytes.length > data.capacity()) {
        throw new Refusal(EFAULT);
      }
      data.put(0, bytes);
    }
    nv.putLong(Layouts.NV_LEN, bytes.length);
  }

  static long number(NvList list, String key, long max) throws Refusal {
    OptionalLong value = list.number(key);
    Refusal.unless(value.isPresent(), Errno.EINVAL);
    Refusal.unless(Long.compareUnsigned(value.getAsLong(), max) <= 0, Errno.ERANGE);
    return value.getAsLong();
  }

  static boolean bool(NvList list, String key) throws Refusal {
    Refusal.unless(list.bool(key).isPresent(), Errno.EINVAL);
    return list.bool(key).orElseThrow();
  }

  static NvList list(NvList list, String key) throws Refusal {
    Refusal.unless(list.list(key).isPresent(), Errno.EINVAL);
    return list.list(key).orElseThrow();
  }

  static String text(NvList list, String key, int size) throws Refusal {
    String text = list.text(key).orElse(null);
    if (text == null) {
      throw new Refusal(Errno.EINVAL);
    }
    Refusal.unless(text.length() < size, Errno.EINVAL);
    return text;
  }
}
