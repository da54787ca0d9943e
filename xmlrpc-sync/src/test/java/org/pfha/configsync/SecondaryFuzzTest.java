package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.OpnSense;
import org.pfha.configsync.dialect.PfSense;
import org.pfha.configsync.dialect.Sections;
import org.pfha.configsync.rpc.Decoding;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcFormatException;
import org.pfha.configsync.rpc.XmlRpc;

/**
 * Whatever a primary with the right password sends, in each dialect: an answer or a fault that
 * means it, never a failure inside the node, and a file that can be read afterwards.
 */
class SecondaryFuzzTest {

  private static final int INTERNAL = 1;

  private enum Product {
    PFSENSE(
        "<pfsense><version>1</version><system><hostname>h</hostname>"
            + "<user><name>admin</name><uid>0</uid></user>"
            + "<group><name>all</name><gid>1998</gid></group></system>"
            + "<filter><rule><tracker>1</tracker></rule></filter></pfsense>"),
    OPNSENSE(
        "<opnsense><system><hostname>h</hostname>"
            + "<user><name>root</name><uid>0</uid></user></system>"
            + "<filter><rule><descr>d</descr></rule></filter></opnsense>"),
    SECTIONS("<pfha version=\"7\"><section name=\"rules\">block in all</section></pfha>");

    final String config;

    Product(String config) {
      this.config = config;
    }

    Dialect dialect() {
      return switch (this) {
        case PFSENSE -> new PfSense();
        case OPNSENSE -> new OpnSense();
        case SECTIONS -> new Sections("acme");
      };
    }

    SyncScope scope() {
      return this == SECTIONS ? SyncScope.sections(Sections.ALL) : SyncScope.areas(SyncArea.all());
    }
  }

  /** The first byte chooses the product, the others are the body of a call. */
  @FuzzTest(maxDuration = "60s")
  void whateverAPrimarySends(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    Product product = Product.values()[(input[0] & 0x7f) % 3];
    ConfigStore store = ConfigStores.inMemory(product.config.getBytes(StandardCharsets.UTF_8));
    ConfigSecondary secondary =
        ConfigSecondary.over(store)
            .dialect(product.dialect())
            .node("b")
            .credentials("sync", SectionPair.SECRET)
            .scope(product.scope())
            .clock(new Samples.VirtualClock())
            .build();

    byte[] answer =
        Samples.exchange(
            secondary.server(),
            "sync",
            SectionPair.SECRET,
            Arrays.copyOfRange(input, 1, input.length));

    assertThat(answer).isNotEmpty();
    try {
      assertThat(XmlRpc.decodeResponse(new ByteArrayInputStream(answer), Decoding.LIKE_PFSENSE))
          .isNotNull();
    } catch (RpcFault fault) {
      assertThat(fault.code()).as(fault.getMessage()).isNotEqualTo(INTERNAL);
    } catch (RpcFormatException e) {
      throw new AssertionError("the answer is none", e);
    }
    assertThat(product.dialect().read(store.load()).sections().map()).isNotEmpty();
  }
}
