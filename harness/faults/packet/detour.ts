/**
 * A detour: while it is open, packets between some nodes go through TUN devices and a switch in user space instead of
 * their usual network. It works the same in every environment, is seeded, has a rule per directed link and counts every
 * packet. Addresses and connections stay the same. When the switch is killed, its devices and routes disappear.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { LinkCounts } from './link.ts'
import type { SwitchOptions } from './switch.ts'

/** An end of the detour: addresses in the network namespace of a process. */
export interface DetourPort {
  readonly name: string
  readonly pid: number
  readonly addresses: readonly string[]
}

/** Perl: opens one TUN device for each name, then executes the program that follows with the descriptors inherited. */
const OPEN_TUNS = `
$^F = 1000; my ($n, @rest) = @ARGV; my @names = splice(@rest, 0, $n); my (@fds, @keep);
for (@names) { open(my $f, "+<", "/dev/net/tun") or die "/dev/net/tun: $!\\n";
  ioctl($f, 0x400454ca, pack("a16s", $_, 0x1001)) or die "TUNSETIFF $_: $!\\n"; push @fds, fileno($f); push @keep, $f }
$ENV{FAULTLINE_TUNS} = join(",", @fds); exec @rest or die "exec: $!\\n";`

/** The routing table for routes that must not apply to all packets of a namespace. */
const TABLE = 4242
/** How many detours this process has opened. Several may be open at once, each with its own devices. */
let opened = 0

const switchModule = (): string => {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`./switch.${extension}`, import.meta.url))
}

const inNamespace = async (pid: number, argv: readonly string[], input?: string): Promise<string> => {
  const options = input === undefined ? {} : { input }
  return (await execa('nsenter', ['--target', String(pid), '--net', '--', ...argv], options)).stdout
}

/** Whether packets between two ports take the detour. */
type Leads = (a: DetourPort, b: DetourPort) => boolean

interface Layout {
  readonly ports: readonly DetourPort[]
  readonly leads: Leads
  /** Name of the device in each port's namespace. */
  readonly device: string
}

const others = ({ ports, leads }: Layout, port: DetourPort): readonly string[] =>
  ports.filter((other) => other !== port && leads(port, other)).flatMap(({ addresses }) => addresses)

/**
 * A port with one address: route all packets to the others. A port with several (the clients): route only packets that
 * come from those addresses, so that nothing else in the namespace takes the detour.
 */
const routesOf = (port: DetourPort, layout: Layout): readonly string[] => {
  const { device } = layout
  const [first] = port.addresses
  if (port.addresses.length === 1)
    return others(layout, port).map((address) => `route add ${address}/32 dev ${device} src ${first}`)
  return [
    ...others(layout, port).map((address) => `route add ${address}/32 dev ${device} table ${TABLE}`),
    ...port.addresses.map((address) => `rule add from ${address} lookup ${TABLE}`),
  ]
}

const rulesToDelete = (port: DetourPort): readonly string[] =>
  port.addresses.length === 1
    ? []
    : port.addresses.map((address) => `rule del from ${address} lookup ${TABLE}`)

const startSwitch = async (
  ports: readonly DetourPort[],
  names: readonly string[],
  rules: SwitchOptions['rules'],
  seed: number,
): Promise<ChildProcess> => {
  const options: SwitchOptions = {
    ports: ports.map(({ name, addresses }) => ({ name, addresses })),
    rules,
    seed,
  }
  const program = [process.execPath, switchModule(), JSON.stringify(options)]
  const child = spawn('perl', ['-e', OPEN_TUNS, String(names.length), ...names, ...program], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_NO_WARNINGS: '1', UV_THREADPOOL_SIZE: String(ports.length + 4) },
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

export class Detour implements AsyncDisposable {
  readonly #layout: Layout
  readonly #switch: ChildProcess

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
    const layout: Layout = { ports, leads, device: `detour${number}` }
    const names = ports.map((_, i) => `fl${number}p${i}`)
    const detour = new Detour(layout, await startSwitch(ports, names, rules, seed))
    try {
      const moves = ports.map(({ pid }, i) => `link set ${names[i]} netns ${pid} name ${layout.device}`)
      await execa('ip', ['-batch', '-'], { input: `${moves.join('\n')}\n` })
      await Promise.all(ports.map(({ pid }) => inNamespace(pid, ['ip', 'link', 'set', layout.device, 'up'])))
      await Promise.all(
        ports.map((port) =>
          inNamespace(port.pid, ['ip', '-batch', '-'], `${routesOf(port, layout).join('\n')}\n`),
        ),
      )
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

  /** Number of packets that the token bucket delayed or dropped. */
  async countLimited(port: DetourPort): Promise<{ readonly delayed: number; readonly dropped: number }> {
    const text = await inNamespace(port.pid, ['tc', '-s', 'qdisc', 'show', 'dev', this.#layout.device])
    const [, dropped, delayed] = /dropped (\d+), overlimits (\d+)/.exec(text) ?? []
    return { delayed: Number(delayed ?? 0), dropped: Number(dropped ?? 0) }
  }

  /** Counts of each directed link that has carried a packet. */
  async counts(): Promise<Readonly<Record<string, LinkCounts>>> {
    if (!this.#switch.connected) throw new Error('the switch has ended')
    this.#switch.send('counts')
    const [{ counts }] = (await once(this.#switch, 'message')) as [{ counts: Record<string, LinkCounts> }]
    return counts
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#switch.exitCode === null && this.#switch.signalCode === null) {
      const exited = once(this.#switch, 'exit')
      this.#switch.kill('SIGKILL')
      await exited
    }
    for (const port of this.#layout.ports) {
      const rules = rulesToDelete(port)
      if (rules.length > 0)
        await inNamespace(port.pid, ['ip', '-force', '-batch', '-'], `${rules.join('\n')}\n`)
    }
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
