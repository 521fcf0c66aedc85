/**
 * Dropping and resetting packets inside a node's own network namespace. Each fault has a chain of its own, put in and
 * taken out in one atomic iptables-restore, so overlapping faults heal each on its own and no one else's rule is
 * touched.
 */
import { execa } from 'execa'

export interface PacketRule {
  /** Packets from an address (arriving), or to an address (leaving). */
  readonly direction: 'from' | 'to'
  readonly address: string
  /**
   * Which of them. `tcp`: all of TCP; `opening`: those that open a TCP connection; `open`: the others; `data`: those of TCP that carry
   * any, so that connections open and what arrives is acknowledged.
   */
  readonly which: 'all' | 'tcp' | 'opening' | 'open' | 'data'
  /** `reset`: whoever sent it gets a TCP reset; only of TCP. */
  readonly action: 'drop' | 'reset'
}

/** The network namespace of this process. */
export interface Place {
  readonly keeperPid: number
}

const enter = (place: Place, argv: readonly string[]): readonly string[] => [
  '--target',
  String(place.keeperPid),
  '--net',
  '--',
  ...argv,
]

const restore = async (place: Place, lines: readonly string[]): Promise<void> => {
  await execa('nsenter', enter(place, ['iptables-restore', '--noflush', '--wait', '5']), {
    input: `*filter\n${lines.join('\n')}\nCOMMIT\n`,
  })
}

const chains = (name: string): { readonly input: string; readonly output: string } => ({
  input: `${name}-i`,
  output: `${name}-o`,
})

/** Chain names hold at most 28 characters. */
export const chainName = (faultId: string): string => `fl-${faultId.slice(-20)}`

/** IP and TCP headers with the options of a SYN-ACK: what is longer carries data. (Eight bytes or less would pass.) */
const LONGEST_EMPTY_BYTES = 60

const MATCHES: Readonly<Record<PacketRule['which'], string>> = {
  all: '',
  tcp: '-p tcp ',
  opening: '-p tcp --syn ',
  open: '-p tcp ! --syn ',
  data: `-p tcp -m length --length ${LONGEST_EMPTY_BYTES + 1}:65535 `,
}

const ruleLine = (name: string, { direction, address, which, action }: PacketRule): string => {
  const { input, output } = chains(name)
  const where = direction === 'from' ? `-A ${input} -s ${address}` : `-A ${output} -d ${address}`
  return `${where} ${MATCHES[which]}-j ${action === 'drop' ? 'DROP' : 'REJECT --reject-with tcp-reset'}`
}

export const addRules = async (place: Place, name: string, rules: readonly PacketRule[]): Promise<void> => {
  const { input, output } = chains(name)
  const jumps = [`-I INPUT 1 -j ${input}`, `-I OUTPUT 1 -j ${output}`]
  const lines = rules.map((rule) => ruleLine(name, rule))
  await restore(place, [`:${input} - [0:0]`, `:${output} - [0:0]`, ...lines, ...jumps])
}

const save = async (place: Place): Promise<string> =>
  (await execa('nsenter', enter(place, ['iptables-save', '--counters', '--table', 'filter']))).stdout

/** Packets that the fault's rules dropped or reset so far; null where the chain is gone. */
export const countPackets = async (place: Place, name: string): Promise<number | null> => {
  const { input, output } = chains(name)
  const text = await save(place)
  if (!text.includes(`:${input} `)) return null
  let packets = 0
  for (const line of text.split('\n')) {
    const match = /^\[(\d+):\d+\] -A (\S+) .*-j (DROP|REJECT)/.exec(line)
    if (match !== null && (match[2] === input || match[2] === output)) packets += Number(match[1])
  }
  return packets
}

/** Takes the fault's rules out of force or puts them in again; what they counted stays. */
export const setInForce = (place: Place, name: string, inForce: boolean): Promise<void> => {
  const { input, output } = chains(name)
  const how = inForce ? (chain: string) => `-I ${chain} 1 -j` : (chain: string) => `-D ${chain} -j`
  return restore(place, [`${how('INPUT')} ${input}`, `${how('OUTPUT')} ${output}`])
}

/** Takes the fault's rules out. Harmless where they are gone. */
export const removeRules = async (place: Place, name: string): Promise<void> => {
  const text = await save(place)
  const { input, output } = chains(name)
  if (!text.includes(`:${input} `)) return
  const jumps = [`INPUT -j ${input}`, `OUTPUT -j ${output}`].filter((jump) => text.includes(`-A ${jump}\n`))
  await restore(place, [
    ...jumps.map((jump) => `-D ${jump}`),
    `-F ${input}`,
    `-F ${output}`,
    `-X ${input}`,
    `-X ${output}`,
  ])
}
