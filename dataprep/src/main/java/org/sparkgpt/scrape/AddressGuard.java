package org.sparkgpt.scrape;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps the crawler out of networks that are not the public one. It looks at the addresses that are
 * then connected to, so no name, redirect or change of a name's address leads around it.
 */
final class AddressGuard {
  /** IANA's special-purpose registry, and multicast; as {@code a, b, c, d, bits}. */
  private static final int[][] NOT_PUBLIC_4 = {
    {0, 0, 0, 0, 8}, // this network
    {10, 0, 0, 0, 8}, // private
    {100, 64, 0, 0, 10}, // carriers' NAT
    {127, 0, 0, 0, 8}, // loopback
    {169, 254, 0, 0, 16}, // link-local, clouds' metadata
    {172, 16, 0, 0, 12}, // private
    {192, 0, 0, 0, 24}, // protocol assignments
    {192, 0, 2, 0, 24}, // documentation
    {192, 88, 99, 0, 24}, // 6to4 relays
    {192, 168, 0, 0, 16}, // private
    {198, 18, 0, 0, 15}, // benchmarks
    {198, 51, 100, 0, 24}, // documentation
    {203, 0, 113, 0, 24}, // documentation
    {224, 0, 0, 0, 3}, // multicast, reserved, broadcast
  };

  private final boolean allowPrivate;

  AddressGuard(boolean allowPrivate) {
    this.allowPrivate = allowPrivate;
  }

  /** The addresses of a host that may be connected to, in the resolver's order. */
  List<InetAddress> resolve(String hostName) throws FetchException {
    InetAddress[] all;
    try {
      all = InetAddress.getAllByName(hostName);
    } catch (UnknownHostException e) {
      throw new FetchException(Outcome.UNKNOWN_HOST, e);
    }
    List<InetAddress> allowed = Arrays.stream(all).filter(this::admits).toList();
    if (allowed.isEmpty()) {
      throw new FetchException(Outcome.PRIVATE_ADDRESS);
    }
    return allowed;
  }

  boolean admits(InetAddress address) {
    return allowPrivate || isPublic(address);
  }

  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return isPublic4(bytes, 0);
    }
    return address instanceof Inet6Address && isPublic6(bytes);
  }

  private static boolean isPublic4(byte[] bytes, int offset) {
    int address = word(bytes, offset);
    for (int[] block : NOT_PUBLIC_4) {
      int network = block[0] << 24 | block[1] << 16 | block[2] << 8 | block[3];
      if ((address ^ network) >>> 32 - block[4] == 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Only 2000::/3 is given out, and what in it stands for other things is not public either: 6to4
   * and Teredo carry IPv4 addresses of any kind.
   */
  private static boolean isPublic6(byte[] bytes) {
    int first = word(bytes, 0);
    if (first == 0x0064ff9b && word(bytes, 4) == 0 && word(bytes, 8) == 0) {
      return isPublic4(bytes, 12); // NAT64: how networks without IPv4 reach it
    }
    return first >>> 29 == 1 // 2000::/3
        && first >>> 9 != 0x20010000 >>> 9 // 2001::/23: Teredo, ORCHID, benchmarks
        && first != 0x20010db8 // documentation
        && first >>> 16 != 0x2002 // 6to4
        && first >>> 12 != 0x3fff0; // documentation
  }

  private static int word(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff) << 24
        | (bytes[offset + 1] & 0xff) << 16
        | (bytes[offset + 2] & 0xff) << 8
        | bytes[offset + 3] & 0xff;
  }
}
