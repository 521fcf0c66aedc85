/** A cut link is cut for whatever goes from node to node: other addresses, multicast, broadcast, IPv6. The nodes tell it. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { FILES } from '../harness/store/run-store.ts'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../harness/testing/capabilities.ts'
import { run, temporaryFolder } from '../harness/testing/command.ts'

const TARGET = path.join(PROJECT_ROOT, 'harness/testing/gossip-target.ts')
const WAYS = ['unicast', 'second', 'multicast', 'broadcast', 'ipv6']

/** What came in one period: way -> sender -> datagrams. */
type Heard = Readonly<Record<string, Readonly<Record<string, number>>>>

const heardBy = (runDir: string, node: string): readonly Heard[] =>
  fs
    .readFileSync(path.join(runDir, FILES.nodes, node, 'gossip.log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Heard)

describeWith(missingLinuxRoot(), 'a partition in namespaces', () => {
  it('lets nothing through, by whatever way', async () => {
    using folder = temporaryFolder()
    const flags =
      '--env namespaces --nodes 3 -n partition --plan steady --nemesis-opts shapes=one,interval=3s,duration=2s --time-limit 9s --seed 1'
    const { verdict } = await run(folder.path, [TARGET, ...flags.split(' ')])
    expect(verdict.status, verdict.summary).toBe('valid')
    const links = ['n1', 'n2', 'n3'].flatMap((node) => {
      const periods = heardBy(verdict.runDir, node)
      const senders = Object.keys(periods[0]?.unicast ?? {})
      return senders.map((sender) =>
        periods.map((heard) => WAYS.filter((way) => (heard[way]?.[sender] ?? 0) > 0)),
      )
    })
    expect(links).toHaveLength(6)
    const cut = links.filter((periods) =>
      periods.some((ways, i) => ways.length + (periods[i + 1]?.length ?? 1) === 0),
    )
    // Each of the faults cuts the links of one node, and all ways of a link together.
    expect(cut.length).toBeGreaterThanOrEqual(4)
    for (const periods of links) {
      expect(periods.some((ways) => ways.length === WAYS.length)).toBe(true)
      const isLeak = (i: number): boolean => {
        const ways = periods[i] ?? []
        return ways.length > 0 && !ways.includes('unicast')
      }
      // Within one period a link is cut or healed, by one way a few milliseconds after another.
      expect(periods.filter((_, i) => isLeak(i) && isLeak(i + 1))).toEqual([])
    }
  })
})
