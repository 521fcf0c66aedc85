import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_MS, NS_PER_S } from '../harness/support/time.ts'
import { rounds } from './parts/rounds.ts'

const DOWN_NS = 0.7 * NS_PER_S
/** The backup is taken as much earlier, while the cluster serves. */
const STALE_NS = 1.5 * NS_PER_S

export const restoredBackup = defineIncident({
  name: 'restored-backup',
  description: 'one member is restored from a backup, and comes back as it was before',
  happened: {
    year: 2009,
    what: 'Microsoft warns of domain controllers that are restored from a copy of their virtual disk. The others believe that it knows what it has forgotten, so that replicas differ from then on and no error is reported (update sequence number rollback).',
    link: 'https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/get-started/virtual-dc/virtualized-domain-controllers-hyper-v',
  },
  effect:
    'One member at a time goes down and starts again with its data as it was some time before: it has forgotten writes that it confirmed, and votes that it gave.',
  endangers:
    'Everything, unless restored members are removed and added again. Few targets claim to tolerate it: what it finds then counts as outside their claims.',
  leastNodes: 2,
  plan: (rng, context) => {
    const { startUpNs, nodes } = context
    const lengthNs = STALE_NS + DOWN_NS
    return rounds(rng, context, { lengthNs, restNs: 2.5 * NS_PER_S + startUpNs }).map((round) => ({
      nemesis: 'kill',
      atNs: round.atNs,
      durationNs: lengthNs,
      intent: {
        victims: 'one',
        order: round.rng.shuffle(nodes),
        signal: 'SIGKILL',
        pattern: 'at-once',
        uptimeMs: 0,
        data: 'rolled-back',
        staleMs: STALE_NS / NS_PER_MS,
      },
    }))
  },
})
