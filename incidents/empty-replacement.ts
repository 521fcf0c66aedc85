import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { rounds } from './parts/rounds.ts'

const REPLACE_NS = 2 * NS_PER_S
const DOWN_NS = 0.4 * NS_PER_S

export const emptyReplacement = defineIncident({
  name: 'empty-replacement',
  description: 'a member is replaced by a new machine with the same name and an empty disk',
  happened: {
    year: 2017,
    what: 'A member of an etcd cluster lost all its data. Its operator removed it and added it again under its old name and address, as is usual where names belong to places, and it did not join; others had started such a member without removing it, and it failed at once.',
    link: 'https://github.com/etcd-io/etcd/issues/8486',
  },
  effect:
    'The leader is removed, its data is wiped, and it is added again under its name, from what the others send. As soon as another leader has served, that one is killed.',
  endangers: 'What a snapshot for a new member leaves out, and votes that it gave under the same name.',
  leastNodes: 3,
  plan: (rng, context) => {
    const { startUpNs, nodes } = context
    const lengthNs = REPLACE_NS + startUpNs + DOWN_NS
    const least = Math.floor(nodes.length / 2) + 1
    return rounds(rng, context, { lengthNs, restNs: 2 * NS_PER_S + startUpNs }).flatMap((round) => {
      const order = round.rng.shuffle(nodes)
      const kill = { victims: 'leader', order, signal: 'SIGKILL', pattern: 'at-once', uptimeMs: 0 }
      return [
        {
          nemesis: 'membership',
          atNs: round.atNs,
          durationNs: REPLACE_NS + startUpNs,
          intent: { mode: 'replace', victims: 'leader', order, least },
        },
        {
          nemesis: 'kill',
          atNs: round.atNs + REPLACE_NS + startUpNs,
          durationNs: DOWN_NS,
          intent: kill,
          trigger: { moment: 'new-leader-serves' as const, times: 1, withinNs: NS_PER_S },
        },
      ]
    })
  },
})
