// SPDX-License-Identifier: Apache-2.0
import type { Link } from './all-reduce-time.ts';

/** A network between machines that nobody measured here. */
export interface AssumedNetwork {
  readonly name: string;
  readonly link: Link;
  /** Where the figures are from. */
  readonly source: string;
}

/** The part of an Ethernet frame of 1538 bytes on the wire that is TCP's payload, with timestamps. */
const tcpPayload = 1448 / 1538;

const MICROSECOND = 1e-6;
const GIGABIT = 1e9 / 8;

/** Assumptions, from slow to fast. */
export const assumedNetworks: readonly AssumedNetwork[] = [
  {
    name: '1 GbE',
    link: { latency: 50 * MICROSECOND, bandwidth: tcpPayload * GIGABIT },
    source:
      "line rate of IEEE 802.3 less TCP's headers; latency near the low end of the 40 to 300 µs in " +
      'the glossary of Aspen Systems, “Low latency”',
  },
  {
    name: '10 GbE',
    link: { latency: 20 * MICROSECOND, bandwidth: 10 * tcpPayload * GIGABIT },
    source:
      "line rate less TCP's headers; twice the lowest latency, 10 µs, of Larsen et al. 2009, " +
      '“Architectural breakdown of end-to-end latency in a TCP/IP network”',
  },
  {
    name: 'InfiniBand EDR',
    link: { latency: 2 * MICROSECOND, bandwidth: 100 * GIGABIT },
    source: 'data rate of four EDR lanes, 100 Gb/s; latency in the 1 to 5 µs of the same glossary',
  },
];
