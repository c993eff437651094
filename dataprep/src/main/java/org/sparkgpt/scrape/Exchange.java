package org.sparkgpt.scrape;

import java.net.InetAddress;

/**
 * A whole request and response as they went over the wire, but for the transfer coding: chunks are
 * joined, and the response header says {@code X-Crawl-Transfer-Encoding} for what it said. The
 * content coding (gzip, br) is kept.
 *
 * @param address that was connected to
 * @param requestHeader with the empty line at its end
 * @param responseHeader with the empty line at its end
 */
public record Exchange(
    String url, InetAddress address, byte[] requestHeader, byte[] responseHeader, byte[] body) {}
