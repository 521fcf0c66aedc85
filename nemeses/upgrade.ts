/**
 * Nodes are restarted with other settings than the rest of the cluster:
 *
 * - `roll`: one after another to the target's other version, each ready before the next; the heal rolls them back in the
 *   same way. Versions are mixed during the roll, and stay mixed if the fault ends before the roll does;
 * - `mistake`: one node gets a wrong setting, a typical operator error; the heal restores the right one.
 *
 * Proof: the version that each node reports, and the command line of its process.
 */
import { z } from 'zod'
import type { FaultModel } from '../harness/api/claims.ts'
import type { ClusterNode } from '../harness/api/environment.ts'
import type { NemesisContext } from '../harness/api/nemesis.ts'
import { UserError } from '../harness/support/assert.ts'
import { text } from './parts/options.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { effectOf, optionsWith, otherVersions, parseMistakes, restartWith, roll } from './parts/settings.ts'
import { drawVictims, parseVictims, resolveVictims, VICTIM_FIELDS, victimsNamed } from './parts/victims.ts'
import { parseWords, takeTurn, wordsOption } from './parts/words.ts'

const MODES = ['roll', 'mistake'] as const
const MODELS = { roll: 'upgrade', mistake: 'misconfiguration' } as const satisfies Record<string, FaultModel>

const upgradeIntent = z.strictObject({
  mode: z.enum(MODES),
  ...VICTIM_FIELDS,
  setting: z.strictObject({ option: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) }),
})
type UpgradeIntent = z.infer<typeof upgradeIntent>

const inject = async (context: NemesisContext, intent: UpgradeIntent) => {
  const victims = await resolveVictims(context, intent)
  const options = optionsWith(intent.setting)
  const stop = new AbortController()
  const [first, ...rest] = victims as [ClusterNode, ...ClusterNode[]]
  await restartWith(context, first, options)
  const rolling = roll(context, rest, options, stop.signal)
  // The heal awaits it, which may be much later.
  rolling.catch(() => {})
  const measure = () => effectOf(context, victims, intent.setting, intent.mode === 'roll')
  const heal = async () => {
    stop.abort()
    const changed = [first, ...(await rolling)]
    const effect = await measure()
    await roll(context, changed, {})
    return effect
  }
  return { victims, measure, heal }
}

export const upgrade = scheduledNemesis({
  name: 'upgrade',
  label: 'upgrade, settings',
  colour: 'brown',
  description: 'rolls nodes to another version and back, or starts one with a wrong setting',
  needs: ['kill'],
  restarts: true,
  needsOfTarget: (target) =>
    target.versions === undefined && target.mistakes === undefined
      ? `${target.name} has only one version, and no wrong settings are known for it`
      : null,
  intervalMs: 6000,
  durationMs: 3000,
  options: {
    modes: wordsOption('how', MODES, MODES, 'modes that the target does not support are left out'),
    mistakes: text('', "wrong settings, option:value joined by +; empty: the target's own list"),
    victims: text('leader+one', 'nodes that get a wrong setting; a roll restarts all nodes'),
  },
  model: ({ mode }) => MODELS[mode],
  intent: upgradeIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: ({ rng, options, context }) => {
    const words = parseVictims(options.victims, context)
    const settings = { roll: otherVersions(context), mistake: parseMistakes(options.mistakes, context) }
    const modes = parseWords('modes', options.modes, MODES).filter((mode) => settings[mode].length > 0)
    if (modes.length === 0)
      throw new UserError(
        `modes=${options.modes}: ${context.target.name} has neither another version nor wrong settings for these modes.`,
      )
    return (draw, ordinal) => {
      const mode = takeTurn(rng.fork('modes'), modes, ordinal)
      return {
        mode,
        ...drawVictims(draw, mode === 'roll' ? ['all'] : words, context, MODELS[mode]),
        setting: takeTurn(rng.fork('settings', mode), settings[mode], Math.floor(ordinal / modes.length)),
      }
    }
  },
  inject,
})
