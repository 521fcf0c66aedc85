/** A cut link is cut for whatever goes from node to node: other addresses, multicast, broadcast, IPv6. The nodes tell it. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { FILES } from '../harness/store/run-store.ts'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../harness/testing/capabilities.ts'
import { run, temporaryFolder } from '../harness/testing/command.ts'
import { play } from '../harness/testing/play.ts'

const TARGET = path.join(PROJECT_ROOT, 'harness/testing/gossip-target.ts')
const WAYS = ['unicast', 'second', 'multicast', 'broadcast', 'ipv6']

/** Half of a fault, in periods of 200 ms. */
const LONG = [0, 1, 2, 3, 4]

/** What came in one period: way -> sender -> datagrams. */
type Heard = Readonly<Record<string, Readonly<Record<string, number>>>>

const heardBy = (runDir: string, node: string): readonly Heard[] =>
  fs
    .readFileSync(path.join(runDir, FILES.nodes, node, 'gossip.log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Heard)

/** Each directed link: which ways something came by, period after period. */
const gossipUnder = async (faults: string): Promise<readonly (readonly string[])[][]> => {
  using folder = temporaryFolder()
  const flags = `--env namespaces --nodes 3 ${faults} --time-limit 9s --seed 1`
  const { verdict } = await run(folder.path, [TARGET, ...flags.split(' ')])
  expect(verdict.status, verdict.summary).toBe('valid')
  return ['n1', 'n2', 'n3'].flatMap((node) => {
    const periods = heardBy(verdict.runDir, node)
    const senders = Object.keys(periods[0]?.unicast ?? {})
    return senders.map((sender) =>
      periods.map((heard) => WAYS.filter((way) => (heard[way]?.[sender] ?? 0) > 0)),
    )
  })
}

describeWith(missingLinuxRoot(), 'links in namespaces', () => {
  it.each([
    ['a partition', '-n partition --plan steady --nemesis-opts shapes=one,interval=3s,duration=2s'],
    [
      'the loss of all packets',
      '-n packet --plan steady --nemesis-opts modes=loss,share=1,victims=one,interval=3s,duration=2s',
    ],
  ])('let nothing through under %s, by whatever way', async (_, faults) => {
    const links = await gossipUnder(faults)
    expect(links).toHaveLength(6)
    const cut = links.filter((periods) =>
      periods.some((ways, i) => ways.length + (periods[i + 1]?.length ?? 1) === 0),
    )
    // Each fault cuts links of one node, and all ways of a link together.
    expect(cut.length).toBeGreaterThanOrEqual(2)
    for (const periods of links) {
      expect(periods.some((ways) => ways.length === WAYS.length)).toBe(true)
      const isLeak = (i: number): boolean => {
        const ways = periods[i] ?? []
        return ways.length > 0 && !ways.includes('unicast')
      }
      // A link is cut or healed by one way after another, which takes long on a busy machine, but not half of the fault.
      expect(periods.filter((_, i) => LONG.every((later) => isLeak(i + later)))).toEqual([])
    }
  })

  it('that are slow let everything through, by every way', async () => {
    const links = await gossipUnder(
      '-n packet --plan steady --nemesis-opts modes=delay,delay=30ms,victims=all,interval=3s,duration=2s',
    )
    for (const periods of links) {
      expect(periods.length).toBeGreaterThan(20)
      const begun = periods.findIndex((ways) => ways.length === WAYS.length)
      const isGap = (i: number): boolean => (periods[i] ?? WAYS).length < WAYS.length
      const gaps = periods.filter((_, i) => i > begun && LONG.every((later) => isGap(i + later)))
      expect(gaps).toEqual([])
    }
  })

  it('may be cut for some traffic alone', async () => {
    const flags =
      '-n partition --plan steady --nemesis-opts traffic=udp:7002,shapes=one,interval=3s,duration=2s'
    const links = await gossipUnder(flags)
    const cut = links.flatMap((periods) => periods.filter((ways) => !ways.includes('second')))
    const others = WAYS.filter((way) => way !== 'second')
    expect(cut.filter((ways) => others.every((way) => ways.includes(way))).length).toBeGreaterThan(10)
  })

  it('that are cut at a node which is down are not cut', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'faults.jsonl')
    const order = ['n2', 'n1', 'n3']
    const kill = { victims: 'one', order, signal: 'SIGKILL', pattern: 'at-once', uptimeMs: 700 }
    const cut = { shape: 'one', oneWay: false, order, clientGroup: 0, flapMs: 0, services: 'both' }
    const planned = [
      { id: 'kill-1', nemesis: 'kill', model: 'kill', atNs: 1e9, durationNs: 6e9, intent: kill },
      {
        id: 'partition-1',
        nemesis: 'partition',
        model: 'partition',
        atNs: 3e9,
        durationNs: 2e9,
        intent: cut,
      },
    ]
    const lines = planned.map((fault) => JSON.stringify({ type: 'planned', fault }))
    fs.writeFileSync(file, ['{"schema":"faultline.faults/1"}', ...lines, ''].join('\n'))
    const { faults } = await play(
      ['raft', '--env', 'namespaces', '--nodes', '3', '--faults', file],
      '--time-limit 9s --seed 2',
    )
    expect(faults.map(({ effective }) => effective)).toEqual([true, false])
    expect(faults[1]?.effects.at(-1)?.summary).toContain('one end of each link was down')
  })
})
