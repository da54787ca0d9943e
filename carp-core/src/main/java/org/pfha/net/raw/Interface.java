package org.pfha.net.raw;

import org.pfha.net.Link;

/**
 * A network interface as its kernel knows it.
 *
 * @param index the kernel's number of it, which is another one when it has gone and come again
 * @param ethernet whether its frames have Ethernet's header
 * @param link as nodes know it
 */
record Interface(int index, boolean ethernet, Link link) {}
