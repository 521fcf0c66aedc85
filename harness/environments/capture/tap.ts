/**
 * The tap: one process that sees every frame at the interfaces of some network namespaces, and every packet that the rules of
 * a fault refuse there. The kernel filters, cuts and stamps frames and leaves them in rings (AF_PACKET, TPACKET_V3,
 * `Documentation/networking/packet_mmap.rst`); the process copies whole blocks of a ring into files and looks at no frame, so
 * that it costs little. What it wrote is read when the run is over (`spool.ts`).
 *
 * Refused packets come by NFLOG, since those that a node sends never reach its interface, and those that arrive have passed
 * it already. It is written in Perl, since Node can neither enter a namespace nor map a ring.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { LOG_GROUP, LOGGED_BYTES } from '../../faults/iptables.ts'
import { waitUntil } from '../../support/wait.ts'

/** How long it writes into one file. A file is named after the monotonic nanoseconds of its first record. */
const SEGMENT_MS = 1000

/** Blocks of a ring. Partly filled ones are handed over after this time. */
const BLOCK_BYTES = 32_768
const BLOCKS = 32
const RETIRE_MS = 50

const START_TIMEOUT_MS = 30_000
const END_TIMEOUT_MS = 10_000

/** Offset of the interface's index among what a filter may ask of a frame besides its bytes. */
const INTERFACE = 0xffff_f008
const LOOPBACK = 1

/**
 * A classic BPF program (`Documentation/networking/filter.rst`): IP packets that are neither on the loopback nor TCP
 * acknowledgements without a payload. Each instruction is an opcode, two jumps and a constant.
 */
const FILTER: readonly (readonly [number, number, number, number])[] = [
  [0x20, 0, 0, INTERFACE],
  [0x15, 20, 0, LOOPBACK],
  [0x28, 0, 0, 12],
  [0x15, 2, 0, 0x0800],
  [0x15, 16, 0, 0x86dd],
  [0x06, 0, 0, 0],
  [0x30, 0, 0, 23],
  [0x15, 0, 13, 6],
  // Later fragments have no TCP header.
  [0x28, 0, 0, 20],
  [0x45, 11, 0, 0x1fff],
  [0xb1, 0, 0, 14],
  // SYN, RST and FIN say something without a payload.
  [0x50, 0, 0, 27],
  [0x45, 8, 0, 0x07],
  [0x50, 0, 0, 26],
  [0x74, 0, 0, 4],
  [0x64, 0, 0, 2],
  [0x0c, 0, 0, 0],
  [0x02, 0, 0, 0],
  [0x28, 0, 0, 16],
  [0x61, 0, 0, 0],
  [0x1d, 1, 0, 0],
  [0x06, 0, 0, LOGGED_BYTES],
  [0x06, 0, 0, 0],
]

/**
 * Arguments: folder, NFLOG group, ms of a segment, block bytes, blocks, ms to retire, snap length, filter in hexadecimal, then
 * the pid of a process in each namespace. A record is kind, place, length, monotonic and real time, and its bytes. It ends when
 * its standard input does.
 */
const SCRIPT = String.raw`
use strict; use Socket;
my ($dir, $group, $segment, $size, $count, $retire, $snap, $filter, @pids) = @ARGV;
my $program = pack("H*", $filter);
sub clock { my $b = pack("qq", 0, 0); syscall(228, $_[0], $b); my ($s, $n) = unpack("qq", $b); return $s * 1_000_000_000 + $n }
# What real time is ahead of monotonic time: read between others, and again, since this process may be interrupted.
sub ahead { my ($best, $ahead);
  for (1 .. 4) { my $before = clock(0); my $now = clock(1); my $took = clock(0) - $before;
    ($best, $ahead) = ($took, $before + ($took >> 1) - $now) if !defined($best) || $took < $best }
  return $ahead }
sub align { return $_[0] . "\0" x (-length($_[0]) % 4) }
sub attribute { return align(pack("S S a*", 4 + length($_[1]), $_[0], $_[1])) }
open(my $zero, "<", "/dev/zero") or die "/dev/zero: $!\n";
my ($out, $began);
sub record { my ($kind, $place, $length) = @_; my $now = clock(1);
  if (!defined($out) || $now - $began > $segment * 1_000_000) { $began = $now;
    open($out, ">", sprintf("%s/%020d", $dir, $now)) or die "$dir: $!\n" }
  my $head = pack("C C x2 L q q", $kind, $place, $length, $now, $now + ahead());
  syswrite($out, $head) == length($head) or die "$dir: $!\n" }
my (@rings, @logs, $waits); $waits = ""; vec($waits, 0, 1) = 1;
for my $pid (@pids) {
  open(my $ns, "<", "/proc/$pid/ns/net") or die "namespace of $pid: $!\n";
  syscall(308, fileno($ns), 0x40000000) == 0 or die "setns: $!\n";
  socket(my $s, 17, 3, 0) or die "packet socket: $!\n";
  setsockopt($s, 263, 10, pack("i", 2)) or die "TPACKET_V3: $!\n";
  setsockopt($s, 1, 26, pack("S x6 P", length($program) / 8, $program)) or die "filter: $!\n";
  setsockopt($s, 263, 5, pack("L7", $size, $count, 2048, $size * $count / 2048, $retire, 0, 0)) or die "ring: $!\n";
  my $at = syscall(9, 0, $size * $count, 3, 1, fileno($s), 0); $at > 0 or die "mmap: $!\n";
  bind($s, pack("S n i x12", 17, 3, 0)) or die "bind: $!\n";
  push @rings, { socket => $s, at => $at, block => 0 }; vec($waits, fileno($s), 1) = 1;
  socket(my $l, 16, 3, 12) or die "netlink: $!\n";
  my $settings = attribute(1, pack("C", 1)) . attribute(2, pack("N C x", $snap, 2)) . attribute(4, pack("N", 1)) . attribute(5, pack("N", 1));
  my $ask = pack("L S S L L C C n a*", 20 + length($settings), 0x401, 5, 1, 0, 0, 0, $group, $settings);
  syswrite($l, $ask); sysread($l, my $answer, 4096);
  my ($type, $error) = unpack("x4 S x10 l", $answer);
  print "no NFLOG: ", ($! = -$error), "\n" if $type == 2 && $error != 0;
  push @logs, $l; vec($waits, fileno($l), 1) = 1;
}
sub blocks { my ($place) = @_; my $ring = $rings[$place];
  while (1) { my $at = $ring->{at} + $ring->{block} * $size;
    my ($status, $length) = unpack("x8 L x8 L", unpack("P48", pack("Q", $at))); last unless $status & 1;
    record(0, $place, $length);
    syscall(1, fileno($out), $at + 0, $length + 0) == $length or die "$dir: $!\n";
    syscall(0, fileno($zero), $at + 8, 4); $ring->{block} = ($ring->{block} + 1) % $count } }
sub refused { my ($place) = @_;
  while (1) { my $ready = ""; vec($ready, fileno($logs[$place]), 1) = 1; last unless select($ready, undef, undef, 0);
    my $length = sysread($logs[$place], my $data, 65536);
    # Overrun: more was refused than could be read.
    if (!defined($length)) { record(2, $place, 4); syswrite($out, pack("L", 1)); last }
    record(1, $place, $length); syswrite($out, $data) == $length or die "$dir: $!\n" } }
sub missed { for my $place (0 .. $#rings) { my $counts = getsockopt($rings[$place]{socket}, 263, 6); my ($all, $drops) = unpack("L L", $counts);
  if ($drops) { record(2, $place, 4); syswrite($out, pack("L", $drops)) } } }
$| = 1; print "ready\n";
my ($checked, $until) = (clock(1), undef);
while (1) {
  my $ready = $waits; select($ready, undef, undef, defined($until) ? 0.02 : 0.5);
  for my $place (0 .. $#rings) {
    refused($place) if vec($ready, fileno($logs[$place]), 1);
    blocks($place) if vec($ready, fileno($rings[$place]{socket}), 1) }
  my $now = clock(1);
  if ($now - $checked > 500_000_000) { missed(); $checked = $now }
  # Blocks that are partly filled come a little later.
  if (vec($ready, 0, 1)) { $until = $now + 4 * $retire * 1_000_000; vec($waits, 0, 1) = 0 }
  if (defined($until) && $now > $until) { missed(); last } }
`

const filterInHex = (): string => {
  const program = Buffer.alloc(FILTER.length * 8)
  for (const [i, [code, isTrue, isFalse, constant]] of FILTER.entries()) {
    program.writeUInt16LE(code, i * 8)
    program[i * 8 + 2] = isTrue
    program[i * 8 + 3] = isFalse
    program.writeUInt32LE(constant, i * 8 + 4)
  }
  return program.toString('hex')
}

export class Tap implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #exited: Promise<unknown>
  /** What it said of itself, such as why it ended. */
  #said = ''
  #endedNs: bigint | null = null

  private constructor(folder: string, pids: readonly number[]) {
    const settings = [SEGMENT_MS, BLOCK_BYTES, BLOCKS, RETIRE_MS, LOGGED_BYTES].map(String)
    const args = [folder, String(LOG_GROUP), ...settings, filterInHex(), ...pids.map(String)]
    this.#process = spawn('perl', ['-e', SCRIPT, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#exited = once(this.#process, 'exit').then(([code, signal]) => {
      this.#endedNs = process.hrtime.bigint()
      if (this.complaint === '' && code !== 0) this.#said += `it ended with ${signal ?? `exit code ${code}`}`
    })
    this.#process.stdin?.on('error', () => {})
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#said += chunk.toString()
      })
  }

  /**
   * @param folder where it writes its files
   * @param pids processes in the namespaces; a record names a namespace by its place in this list
   * @throws Error if the kernel refuses, with the call that it refused
   */
  static async open(folder: string, pids: readonly number[]): Promise<Tap> {
    const tap = new Tap(folder, pids)
    const signal = AbortSignal.timeout(START_TIMEOUT_MS)
    while (!tap.#said.endsWith('ready\n')) {
      const { stdout } = tap.#process
      await Promise.race([once(stdout as NodeJS.ReadableStream, 'data', { signal }), tap.#exited])
      if (tap.#endedNs !== null) throw new Error(`the capture did not start: ${tap.#said.trim()}`)
    }
    return tap
  }

  /** What is wrong with it; empty: nothing. */
  get complaint(): string {
    return this.#said.replace('ready\n', '').trim()
  }

  /** When it ended, as monotonic time; null: it has not. */
  get endedNs(): bigint | null {
    return this.#endedNs
  }

  /** Ends it, once everything that the kernel has seen until now is written. A disk that does not answer is not waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin?.end()
    const isOver = await waitUntil(() => this.#endedNs !== null, END_TIMEOUT_MS, 10)
    if (isOver) return
    this.#said += `it did not end within ${END_TIMEOUT_MS / 1000} s, and was killed`
    this.#process.kill('SIGKILL')
  }
}
