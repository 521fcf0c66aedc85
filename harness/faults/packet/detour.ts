/**
 * A detour: while it is open, frames between some hosts go through TAP devices and a switch in user space instead of their
 * usual network, whatever their protocol and addresses: IPv6, second addresses, multicast and broadcast, too. It works the
 * same in every environment, is seeded, has a rule per directed link and counts every packet. Addresses and connections stay
 * the same.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { HeldCounts } from './held.ts'
import type { LinkCounts } from './link.ts'
import { type Plug, redirectLines, undoLines } from './redirect.ts'
import type { SwitchAnswer, SwitchOptions, SwitchRequest } from './switch.ts'

/** An end of the detour: an interface in the network namespace of a process. */
export interface DetourPort {
  readonly name: string
  readonly pid: number
  /** IPv4 addresses of the interface. */
  readonly addresses: readonly string[]
  /** Whether all that goes through the interface is meant, or only what has one of these addresses. */
  readonly isWhole: boolean
}

/** Of a limited port: bytes that passed, packets that were delayed or dropped. */
export interface LimitCounts {
  readonly bytes: number
  readonly delayed: number
  readonly dropped: number
}

/** Perl: opens one TAP device for each name, then executes the program that follows with the descriptors inherited. */
const OPEN_TAPS = `
$^F = 1000; my ($n, @rest) = @ARGV; my @names = splice(@rest, 0, $n); my (@fds, @keep);
for (@names) { open(my $f, "+<", "/dev/net/tun") or die "/dev/net/tun: $!\\n";
  ioctl($f, 0x400454ca, pack("a16s", $_, 0x1002)) or die "TUNSETIFF $_: $!\\n"; push @fds, fileno($f); push @keep, $f }
$ENV{FAULTLINE_TAPS} = join(",", @fds); exec @rest or die "exec: $!\\n";`

/** How many detours this process has opened. Several may be open at once, each with its own devices. */
let opened = 0

const switchModule = (): string => {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`./switch.${extension}`, import.meta.url))
}

const inNamespace = async (pid: number, argv: readonly string[]): Promise<string> =>
  (await execa('nsenter', ['--target', String(pid), '--net', '--', ...argv])).stdout

/** Whether packets between two ports take the detour. */
type Leads = (a: DetourPort, b: DetourPort) => boolean

/** An end of the detour, and how frames get there. */
interface End {
  readonly port: DetourPort
  readonly plug: Plug
  /** Ends that it exchanges packets with. */
  readonly peers: readonly DetourPort[]
  /** The Ethernet address of its device. */
  readonly hardware: string
}

interface Layout {
  readonly ends: readonly End[]
  /** Name of the device in each end's namespace. */
  readonly device: string
  /** Of its filters. */
  readonly preference: number
}

/** `ip -json addr`, as far as it is needed. */
type Interfaces = readonly {
  readonly ifname: string
  readonly address: string
  readonly addr_info: readonly { readonly local: string }[]
}[]

/** The interface that has the port's first address. */
const plugOf = async ({ pid, addresses, isWhole }: DetourPort): Promise<Plug> => {
  const interfaces = JSON.parse(await inNamespace(pid, ['ip', '-json', 'addr'])) as Interfaces
  const own = interfaces.find(({ addr_info }) => addr_info.some(({ local }) => local === addresses[0]))
  if (own === undefined) throw new Error(`no interface has the address ${addresses[0]}`)
  return { device: own.ifname, hardware: own.address, only: isWhole ? null : addresses }
}

/** Locally administered. */
const hardwareOfTap = (detour: number, end: number): string =>
  ['02', 'fd', detour >> 8, detour & 255, 0, end]
    .map((part) => (typeof part === 'string' ? part : part.toString(16).padStart(2, '0')))
    .join(':')

const layOut = async (ports: readonly DetourPort[], leads: Leads, number: number): Promise<Layout> => {
  const plugs = await Promise.all(ports.map(plugOf))
  const ends = ports.map((port, i) => ({
    port,
    plug: plugs[i] as Plug,
    peers: ports.filter((other) => other !== port && leads(port, other)),
    hardware: hardwareOfTap(number, i),
  }))
  return { ends, device: `detour${number}`, preference: 1 + number }
}

const redirectionOf = ({ plug, peers }: End, { ends, device, preference }: Layout): readonly string[] => {
  const plugs = ends.filter(({ port }) => peers.includes(port)).map((end) => end.plug)
  return redirectLines(plug, plugs, device, preference)
}

const inHex = (hardware: string): string => hardware.replaceAll(':', '')

const startSwitch = async (
  { ends }: Layout,
  names: readonly string[],
  rules: SwitchOptions['rules'],
  seed: number,
): Promise<ChildProcess> => {
  const options: SwitchOptions = {
    ports: ends.map(({ port, plug, peers, hardware }) => ({
      name: port.name,
      hardware: inHex(plug.hardware),
      device: inHex(hardware),
      only: plug.only,
      peers: peers.map(({ name }) => name),
    })),
    rules,
    seed,
  }
  const program = [process.execPath, switchModule(), JSON.stringify(options)]
  const child = spawn('perl', ['-e', OPEN_TAPS, String(names.length), ...names, ...program], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_NO_WARNINGS: '1', UV_THREADPOOL_SIZE: String(ends.length + 4) },
  })
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const [outcome] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (typeof outcome !== 'object' || outcome === null)
    throw new Error(`the switch did not start: ${stderr.trim()}`)
  return child
}

const tcBatch = async (
  pid: number,
  lines: readonly string[],
  { isForced }: { readonly isForced: boolean },
): Promise<void> => {
  const force = isForced ? ['-force'] : []
  const { exitCode, stderr } = await execa(
    'nsenter',
    ['--target', String(pid), '--net', '--', 'tc', ...force, '-batch', '-'],
    { input: `${lines.join('\n')}\n`, reject: false },
  )
  if (exitCode !== 0 && !isForced) throw new Error(`tc: ${stderr.trim()}`)
}

const redirect = async (end: End, layout: Layout): Promise<void> => {
  const { pid } = end.port
  // It may have its place for filters already, by another detour.
  await tcBatch(pid, [`qdisc add dev ${end.plug.device} clsact`], { isForced: true })
  await tcBatch(pid, redirectionOf(end, layout), { isForced: false })
}

export class Detour implements AsyncDisposable {
  readonly #layout: Layout
  readonly #switch: ChildProcess
  /** The latest request to the switch: one is answered before the next is sent. */
  #asking: Promise<unknown> = Promise.resolve()

  private constructor(layout: Layout, child: ChildProcess) {
    this.#layout = layout
    this.#switch = child
  }

  /**
   * Sends the packets between its ports through the switch, which applies the rule of each directed link (`from>to`).
   */
  static async open(
    ports: readonly DetourPort[],
    rules: SwitchOptions['rules'],
    seed: number,
    leads: Leads = () => true,
  ): Promise<Detour> {
    const number = opened++
    const layout = await layOut(ports, leads, number)
    const names = ports.map((_, i) => `fl${number}p${i}`)
    const detour = new Detour(layout, await startSwitch(layout, names, rules, seed))
    try {
      const moves = layout.ends.flatMap(({ port, hardware }, i) => [
        // Nothing but the switch speaks through it: no IPv6 address of its own.
        `link set ${names[i]} address ${hardware} addrgenmode none`,
        `link set ${names[i]} netns ${port.pid} name ${layout.device}`,
      ])
      await execa('ip', ['-batch', '-'], { input: `${moves.join('\n')}\n` })
      await Promise.all(ports.map(({ pid }) => inNamespace(pid, ['ip', 'link', 'set', layout.device, 'up'])))
      await Promise.all(layout.ends.map((end) => redirect(end, layout)))
      return detour
    } catch (error) {
      await detour[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Limits the rate of packets that leave a port, by a token bucket in the kernel (tc-tbf). */
  async limitBandwidth(port: DetourPort, kbitPerS: number): Promise<void> {
    const shape = ['tbf', 'rate', `${kbitPerS}kbit`, 'burst', '4kb', 'latency', '400ms']
    await inNamespace(port.pid, ['tc', 'qdisc', 'add', 'dev', this.#layout.device, 'root', ...shape])
  }

  /** What has passed the token bucket, and how many packets it delayed or dropped. */
  async countLimited(port: DetourPort): Promise<LimitCounts> {
    const text = await inNamespace(port.pid, ['tc', '-s', 'qdisc', 'show', 'dev', this.#layout.device])
    const [, bytes, dropped, delayed] = /Sent (\d+) bytes .*dropped (\d+), overlimits (\d+)/.exec(text) ?? []
    return { bytes: Number(bytes ?? 0), delayed: Number(delayed ?? 0), dropped: Number(dropped ?? 0) }
  }

  /** Counts of each directed link that has carried a packet. */
  async counts(): Promise<Readonly<Record<string, LinkCounts>>> {
    return (await this.#ask({})).counts
  }

  /**
   * Holds the packets of these directed links (`from>to`), those on their way included, until the next call: then they arrive,
   * in order. Only links with a rule can be held. Resolves when what was held before has been let go.
   */
  async hold(links: readonly string[]): Promise<void> {
    await this.#ask({ hold: links })
  }

  /** How many packets have been held, and for how long. */
  async countHeld(): Promise<HeldCounts> {
    return (await this.#ask({})).held
  }

  #ask(request: SwitchRequest): Promise<SwitchAnswer> {
    const answer = this.#asking.then(() => this.#askNow(request))
    this.#asking = answer.catch(() => {})
    return answer
  }

  async #askNow(request: SwitchRequest): Promise<SwitchAnswer> {
    if (!this.#switch.connected) throw new Error('the switch has ended')
    const ended = new AbortController()
    const end = (): void => ended.abort()
    this.#switch.once('exit', end)
    this.#switch.send(request)
    try {
      const [answer] = (await once(this.#switch, 'message', { signal: ended.signal })) as [SwitchAnswer]
      return answer
    } catch (cause) {
      throw new Error('the switch has ended', { cause })
    } finally {
      this.#switch.off('exit', end)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#switch.exitCode === null && this.#switch.signalCode === null) {
      const exited = once(this.#switch, 'exit')
      this.#switch.kill('SIGKILL')
      await exited
    }
    const { ends, preference } = this.#layout
    await Promise.all(
      ends.map(({ port, plug }) => tcBatch(port.pid, undoLines(plug, preference), { isForced: true })),
    )
  }
}

/** The reason why packets cannot take a detour here; null if they can. */
export const whyNoDetour = (): string | null => {
  try {
    fs.closeSync(fs.openSync('/dev/net/tun', 'r+'))
    return null
  } catch (error) {
    return `/dev/net/tun cannot be opened (${(error as NodeJS.ErrnoException).code}): modprobe tun, as root`
  }
}
