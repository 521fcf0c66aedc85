/**
 * Nodes started anew with other settings than the rest of the cluster:
 *
 * - `roll`: one after another to the target's other version, each ready before the next; at the heal back again, the same
 *   way. For a while, and wherever the fault's time is over before the roll is, versions live together;
 * - `mistake`: one node gets a setting wrong, as operators do, and the right one back at the heal.
 *
 * Proof: the version each node reports, and the command line its process runs with.
 */
import fs from 'node:fs'
import type { FaultModel } from '../harness/api/claims.ts'
import type { ClusterNode } from '../harness/api/environment.ts'
import type {
  ActiveFault,
  Effect,
  Nemesis,
  NemesisContext,
  PlanContext,
  PlannedFault,
} from '../harness/api/nemesis.ts'
import type { Options } from '../harness/api/options.ts'
import type { LaunchSpec, Setting } from '../harness/api/target.ts'
import { UserError } from '../harness/support/assert.ts'
import { waitUntil } from '../harness/support/wait.ts'
import { activeFault } from './parts/active-fault.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

const MODES = ['roll', 'mistake'] as const
type Mode = (typeof MODES)[number]

interface UpgradeIntent extends VictimIntent {
  readonly mode: Mode
  readonly setting: Setting
}

const READY_TIMEOUT_MS = 5000
const POLL_MS = 30

const MODELS: Readonly<Record<Mode, FaultModel>> = { roll: 'upgrade', mistake: 'misconfiguration' }

const optionsOf = ({ setting }: UpgradeIntent): Options => ({ [setting.option]: setting.value })

/** Whether the node's processes run by the command lines of that launch. */
const runsBy = async (node: ClusterNode, launch: LaunchSpec): Promise<boolean> => {
  const running = await node.processes()
  const lines = running.map(({ pid }) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    } catch {
      return ''
    }
  })
  return launch.processes.every(({ argv }) => lines.some((line) => line === `${argv.join('\0')}\0`))
}

const restartWith = async (context: NemesisContext, node: ClusterNode, options: Options): Promise<void> => {
  node.configure(context.launchWith(node, options))
  await node.kill(context.signal)
  await node.start(context.signal)
}

/** Restarts one after another, each ready before the next, until all are or it is stopped; who was. */
const roll = async (
  context: NemesisContext,
  nodes: readonly ClusterNode[],
  options: Options,
  stop: AbortSignal,
): Promise<readonly ClusterNode[]> => {
  const done: ClusterNode[] = []
  for (const node of nodes) {
    if (stop.aborted) break
    await restartWith(context, node, options)
    done.push(node)
    await waitUntil(() => context.isReady(node), READY_TIMEOUT_MS, POLL_MS, context.signal)
  }
  return done
}

/** What each victim says of itself, and whether its process runs with the setting. */
const report = async (
  context: NemesisContext,
  nodes: readonly ClusterNode[],
  { mode, setting }: UpgradeIntent,
): Promise<Effect> => {
  const told = await Promise.all(
    nodes.map(async (node) => {
      const launch = context.launchWith(node, { [setting.option]: setting.value })
      const [status, runs] = await Promise.all([context.status(node.name), runsBy(node, launch)])
      const version = mode === 'roll' ? ` says version ${status?.version ?? '?'},` : ''
      return {
        runs,
        text: `${node.name}${version} runs ${runs ? 'with' : 'without'} ${setting.option}=${setting.value}`,
      }
    }),
  )
  const changed = told.filter(({ runs }) => runs).length
  return {
    effective: changed > 0,
    summary: told.map(({ text }) => text).join('; '),
    measurements: { changed },
  }
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as UpgradeIntent
  const nodes = await resolveVictims(context, intent)
  const stop = new AbortController()
  const [first, ...rest] = nodes as [ClusterNode, ...ClusterNode[]]
  await restartWith(context, first, optionsOf(intent))
  const rolling = roll(context, rest, optionsOf(intent), stop.signal)
  // It is awaited by the heal, which may be long after.
  rolling.catch(() => {})
  const measure = (): Promise<Effect> => report(context, nodes, intent)
  const heal = async (): Promise<Effect> => {
    stop.abort()
    const changed = [first, ...(await rolling)]
    const effect = await measure()
    await roll(context, changed, {}, new AbortController().signal)
    return effect
  }
  return activeFault(
    fault.id,
    nodes.map(({ name }) => name),
    measure,
    heal,
  )
}

/** The version the cluster does not have. */
const otherVersions = ({ target, targetOptions }: PlanContext): readonly Setting[] =>
  (target.versions?.values ?? [])
    .map((value) => ({ option: target.versions?.option as string, value }))
    .filter(({ option, value }) => targetOptions[option] !== value)

const parseMistakes = (text: string, { target }: PlanContext): readonly Setting[] => {
  if (text === '') return target.mistakes ?? []
  return text.split('+').map((pair) => {
    const [option = '', value = ''] = pair.split(':')
    const spec = target.options[option]
    if (spec === undefined)
      throw new UserError(
        `mistakes=${pair}: ${target.name} has no option ${option}; known: ${Object.keys(target.options).join(', ')}.`,
      )
    return { option, value: typeof spec.default === 'number' ? Number(value) : value }
  })
}

export const upgrade: Nemesis = {
  name: 'upgrade',
  description: 'rolls nodes to another version and back, or starts one with a wrong setting',
  needs: ['kill'],
  needsOfTarget: (target) =>
    target.versions === undefined && target.mistakes === undefined
      ? `${target.name} has one version, and no settings to get wrong are known`
      : null,
  options: {
    ...scheduleOptions(6000, 3000),
    modes: {
      type: 'string',
      default: MODES.join('+'),
      description: `how: ${MODES.join(', ')}, joined by +; what the target lacks is left out`,
    },
    mistakes: {
      type: 'string',
      default: '',
      description: "wrong settings, option:value joined by +; empty: the target's own list",
    },
    victims: {
      type: 'string',
      default: 'leader+one',
      description: 'who gets a setting wrong; a roll goes over all nodes',
    },
  },
  plan: (rng, options, context) => {
    const words = parseVictims(options, context)
    const settings: Readonly<Record<Mode, readonly Setting[]>> = {
      roll: otherVersions(context),
      mistake: parseMistakes(String(options.mistakes), context),
    }
    const modes = parseWords('modes', String(options.modes), MODES).filter(
      (mode) => settings[mode].length > 0,
    )
    if (modes.length === 0)
      throw new UserError(
        `modes=${options.modes}: ${context.target.name} has neither another version nor mistakes for these.`,
      )
    const modelOf = ({ mode }: { readonly mode: Mode }): FaultModel => MODELS[mode]
    return planSequence('upgrade', modelOf, rng, options, context, (draw, ordinal) => {
      const mode = takeTurn(rng.fork('modes'), modes, ordinal)
      const whom = mode === 'roll' ? ['all'] : words
      return {
        mode,
        ...drawVictims(draw, whom, context, MODELS[mode]),
        setting: takeTurn(rng.fork('settings', mode), settings[mode], Math.floor(ordinal / modes.length)),
      }
    })
  },
  inject,
}
