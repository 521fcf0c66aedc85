import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_MS, NS_PER_S } from '../harness/support/time.ts'
import { rounds } from './parts/rounds.ts'

/** The backup is taken as much earlier, while the cluster serves. */
const STALE_NS = 1.5 * NS_PER_S
const DOWN_NS = 0.5 * NS_PER_S
/** How long the member is back before the leader is restarted. */
const BACK_NS = 1 * NS_PER_S

export const restoredBackup = defineIncident({
  name: 'restored-backup',
  description:
    'one member is restored from a backup and comes back as it was before; then the leader is restarted',
  happened: {
    year: 2009,
    what: 'Microsoft warns of domain controllers that are restored from a copy of their virtual disk. The others believe that it knows what it has forgotten, so that replicas differ from then on and no error is reported (update sequence number rollback).',
    link: 'https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/get-started/virtual-dc/virtualized-domain-controllers-hyper-v',
  },
  effect:
    'Always the same member goes down and starts again with its data as it was some time before: it has forgotten writes that it confirmed, and votes that it gave. The restart of the leader lets it vote again.',
  endangers:
    'Everything, unless restored members are removed and added again. Few targets claim to tolerate it: what it finds then counts as outside their claims.',
  leastNodes: 3,
  plan: (rng, context) => {
    const { startUpNs, nodes } = context
    const order = rng.fork('member').shuffle(nodes)
    const downNs = STALE_NS + DOWN_NS
    const backNs = BACK_NS + startUpNs
    const kill = { order, signal: 'SIGKILL', pattern: 'at-once', uptimeMs: 0 }
    const restored = { ...kill, victims: 'one', data: 'rolled-back', staleMs: STALE_NS / NS_PER_MS }
    const lengthNs = downNs + backNs + DOWN_NS
    return rounds(rng, context, { lengthNs, restNs: 2 * NS_PER_S + startUpNs }).flatMap(({ atNs }) => [
      { nemesis: 'kill', atNs, durationNs: downNs, intent: restored },
      {
        nemesis: 'kill',
        atNs: atNs + downNs + backNs,
        durationNs: DOWN_NS,
        intent: { ...kill, victims: 'leader' },
      },
    ])
  },
})
