/**
 * Measures each direction of a network by itself: datagrams from every node to every other node. One process sends and
 * receives them through a socket in each node's network namespace, so that one clock measures all. It is written in Perl,
 * since Node cannot enter a namespace.
 */
import { execa } from 'execa'

export interface ProbedNode {
  readonly name: string
  readonly address: string
  readonly keeperPid: number
}

export interface ProbedLink {
  readonly sent: number
  readonly received: number
  /** Mean delay of the datagrams that arrived; null if none did. */
  readonly delayMs: number | null
  /** The least delay of a datagram: a busy machine makes delays longer, and never shorter. */
  readonly leastMs: number | null
}

/** `from>to` -> what arrived. */
export type Probe = Readonly<Record<string, ProbedLink>>

/**
 * UDP ports of probes, from and to. So others can tell the packets of a probe from those of the cluster: they prove nothing
 * about what the cluster felt.
 */
export const PROBE_PORTS = { first: 61_900, last: 61_999 } as const

const ROUNDS = 20
const EVERY_MS = 10
/** How long it waits after the last datagram is sent. */
const WAIT_MS = 250

/**
 * Arguments: rounds, ms between rounds, ms to wait, first and last port, then pid and address of each node. Prints `from to
 * received total_ms least_ms`.
 */
const SCRIPT = `
use strict; use Socket;
my ($rounds, $every, $wait, $first, $last, @nodes) = @ARGV;
sub now { my $b = pack("qq", 0, 0); syscall(228, 1, $b); my ($s, $n) = unpack("qq", $b); return $s * 1e3 + $n / 1e6 }
my (@socks, @addrs, $bits); $bits = "";
for (my $i = 0; $i < @nodes; $i += 2) {
  open(my $ns, "<", "/proc/$nodes[$i]/ns/net") or die "namespace of $nodes[$i]: $!";
  syscall(308, fileno($ns), 0x40000000) == 0 or die "setns: $!";
  socket(my $s, PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
  my @ports = sort { rand() <=> 0.5 } $first .. $last;
  until (bind($s, pack_sockaddr_in(shift @ports, inet_aton($nodes[$i + 1])))) { @ports or die "bind $nodes[$i + 1]: $!" }
  push @socks, $s; push @addrs, getsockname($s); vec($bits, fileno($s), 1) = 1;
}
my (%got, %total, %least);
# Until then, and whatever has arrived by then: this process may be late itself.
sub take { my ($until) = @_;
  while (1) { my $left = $until - now(); $left = 0 if $left < 0;
    my $ready = $bits; if (!select($ready, undef, undef, $left / 1e3)) { return if $left == 0; next }
    for my $i (0 .. $#socks) { next unless vec($ready, fileno($socks[$i]), 1);
      defined(recv($socks[$i], my $d, 100, 0)) or next; length($d) == 24 or next;
      my ($from, $round, $at) = unpack("qqd", $d); next if $got{"$from $i"}{$round}++;
      my $took = now() - $at; $total{"$from $i"} += $took;
      $least{"$from $i"} = $took if !defined($least{"$from $i"}) || $took < $least{"$from $i"} } } }
for my $round (1 .. $rounds) {
  for my $i (0 .. $#socks) { for my $j (0 .. $#socks) { send($socks[$i], pack("qqd", $i, $round, now()), 0, $addrs[$j]) if $i != $j } }
  take(now() + $every) }
take(now() + $wait);
for my $i (0 .. $#socks) { for my $j (0 .. $#socks) { next if $i == $j; my $k = "$i $j";
  print join(" ", $i, $j, scalar(keys %{$got{$k} || {}}), $total{$k} || 0, $least{$k} || 0), "\\n" } }
`

/** How long a probe takes; longer only on a slow machine. */
export const PROBE_TAKES_MS = 700

export const probeLinks = async (nodes: readonly ProbedNode[]): Promise<Probe> => {
  const numbers = [ROUNDS, EVERY_MS, WAIT_MS, PROBE_PORTS.first, PROBE_PORTS.last].map(String)
  const places = nodes.flatMap(({ keeperPid, address }) => [String(keeperPid), address])
  const { stdout } = await execa('perl', ['-e', SCRIPT, ...numbers, ...places])
  const links = stdout.split('\n').map((line) => {
    const [from, to, received, totalMs, least] = line.split(' ').map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ]
    const delays =
      received === 0 ? { delayMs: null, leastMs: null } : { delayMs: totalMs / received, leastMs: least }
    return [`${nodes[from]?.name}>${nodes[to]?.name}`, { sent: ROUNDS, received, ...delays }] as const
  })
  return Object.fromEntries(links)
}

/** Several links taken together. */
export const summarise = (probe: Probe, links: readonly string[]): ProbedLink => {
  const probed = links.flatMap((link) => probe[link] ?? [])
  const received = probed.reduce((sum, link) => sum + link.received, 0)
  const totalMs = probed.reduce((sum, link) => sum + (link.delayMs ?? 0) * link.received, 0)
  return {
    sent: probed.reduce((sum, link) => sum + link.sent, 0),
    received,
    delayMs: received === 0 ? null : totalMs / received,
    leastMs:
      received === 0 ? null : Math.min(...probed.map(({ leastMs }) => leastMs ?? Number.POSITIVE_INFINITY)),
  }
}
