import type { IncidentContext } from '../harness/api/incident.ts'
import type { Setting } from '../harness/api/target.ts'
import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

/** The version that the cluster does not run; null: there is none. */
const otherVersion = ({ target: { versions }, targetOptions }: IncidentContext): Setting | null => {
  const value = versions?.values.find((each) => each !== targetOptions[versions.option])
  return versions === undefined || value === undefined ? null : { option: versions.option, value }
}

export const mixedVersions = defineIncident({
  name: 'mixed-versions',
  description: 'a rolling upgrade, in the middle of which the leader is killed while versions are mixed',
  happened: {
    year: 2012,
    what: 'Knight Capital put new software on seven of eight servers. The eighth took what was meant for the new version for a call of old code, and sent orders for 45 minutes that cost the company more than 460 million dollars.',
    link: 'https://www.sec.gov/litigation/admin/2013/34-70694.pdf',
  },
  effect:
    'Nodes restart one after another with the other version, and back. The leader is killed while some run the one and some the other.',
  endangers: 'What nodes restart from, and what one version stores and the other reads.',
  leastNodes: 2,
  lacks: (context) =>
    otherVersion(context) === null
      ? `${context.target.name} names no other version to upgrade to: see versions of Target`
      : null,
  plan: (rng, context) => {
    const setting = otherVersion(context)
    if (setting === null) return []
    const { startUpNs, nodes } = context
    const rollNs = atMost(60 * NS_PER_S, 1 / 6, context) + 2 * startUpNs
    // They are rolled back as well.
    const restNs = rollNs + 2 * NS_PER_S
    return rounds(rng, context, { lengthNs: rollNs, restNs }).flatMap((round) => {
      const order = round.rng.shuffle(nodes)
      const roll = { victims: 'all', order, mode: 'roll', setting }
      const kill = { victims: 'leader', order, signal: 'SIGKILL', pattern: 'at-once', uptimeMs: 0 }
      const killAtNs = round.atNs + Math.round(rollNs * (0.2 + 0.3 * round.rng.fork('kill').float()))
      return [
        { nemesis: 'upgrade', atNs: round.atNs, durationNs: rollNs, intent: roll },
        { nemesis: 'kill', atNs: killAtNs, durationNs: Math.round(rollNs / 5), intent: kill },
      ]
    })
  },
})
