/**
 * Dropping packets inside a node's own network namespace. Each fault has a chain of its own, put in and taken out
 * in one atomic iptables-restore, so overlapping faults heal each on its own and no one else's rule is touched.
 */
import { execa } from 'execa'

/** Packets from an address (arriving), or to an address (leaving), are dropped. */
export interface DropRule {
  readonly direction: 'from' | 'to'
  readonly address: string
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

export const dropPackets = async (place: Place, name: string, rules: readonly DropRule[]): Promise<void> => {
  const { input, output } = chains(name)
  const drops = rules.map((rule) =>
    rule.direction === 'from'
      ? `-A ${input} -s ${rule.address} -j DROP`
      : `-A ${output} -d ${rule.address} -j DROP`,
  )
  const jumps = [`-I INPUT 1 -j ${input}`, `-I OUTPUT 1 -j ${output}`]
  await restore(place, [`:${input} - [0:0]`, `:${output} - [0:0]`, ...drops, ...jumps])
}

const save = async (place: Place): Promise<string> =>
  (await execa('nsenter', enter(place, ['iptables-save', '--counters', '--table', 'filter']))).stdout

/** Packets dropped so far by the fault's rules; null where the chain is gone. */
export const countDropped = async (place: Place, name: string): Promise<number | null> => {
  const { input, output } = chains(name)
  const text = await save(place)
  if (!text.includes(`:${input} `)) return null
  let packets = 0
  for (const line of text.split('\n')) {
    const match = /^\[(\d+):\d+\] -A (\S+) .*-j DROP/.exec(line)
    if (match !== null && (match[2] === input || match[2] === output)) packets += Number(match[1])
  }
  return packets
}

/** Takes the fault's rules out. Harmless where they are gone. */
export const allowPackets = async (place: Place, name: string): Promise<void> => {
  if ((await countDropped(place, name)) === null) return
  const { input, output } = chains(name)
  await restore(place, [
    `-D INPUT -j ${input}`,
    `-D OUTPUT -j ${output}`,
    `-F ${input}`,
    `-F ${output}`,
    `-X ${input}`,
    `-X ${output}`,
  ])
}
