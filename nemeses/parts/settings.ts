/** Nodes that are restarted with their own settings. */
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext, PlanContext } from '../../harness/api/nemesis.ts'
import type { Options } from '../../harness/api/options.ts'
import type { LaunchSpec, Setting } from '../../harness/api/target.ts'
import { commandLineOf } from '../../harness/faults/proc.ts'
import { UserError } from '../../harness/support/assert.ts'
import { waitUntil } from '../../harness/support/wait.ts'

const READY_TIMEOUT_MS = 5000
const POLL_MS = 30

export const optionsWith = ({ option, value }: Setting): Options => ({ [option]: value })

/** The versions that the cluster does not run. */
export const otherVersions = ({ target, targetOptions }: PlanContext): readonly Setting[] =>
  (target.versions?.values ?? [])
    .map((value) => ({ option: target.versions?.option as string, value }))
    .filter(({ option, value }) => targetOptions[option] !== value)

/**
 * The wrong settings in the text, `option:value` joined by `+`; for an empty text, those of the target.
 *
 * @throws UserError if the target has no such option.
 */
export const parseMistakes = (text: string, { target }: PlanContext): readonly Setting[] => {
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

export const restartWith = async (
  context: NemesisContext,
  node: ClusterNode,
  options: Options,
): Promise<void> => {
  node.configure(context.launchWith(node, options))
  const holder = `settings of ${node.name}`
  await node.takeDown(holder, 'kill', context.signal)
  await node.bringUp(holder, context.signal)
}

/** Restarts one after another, each ready before the next, until all are done or it is stopped; returns the restarted nodes. */
export const roll = async (
  context: NemesisContext,
  nodes: readonly ClusterNode[],
  options: Options,
  stop?: AbortSignal,
): Promise<readonly ClusterNode[]> => {
  const done: ClusterNode[] = []
  for (const node of nodes) {
    if (stop?.aborted === true) break
    await restartWith(context, node, options)
    done.push(node)
    await waitUntil(() => context.isReady(node), READY_TIMEOUT_MS, POLL_MS, context.signal)
  }
  return done
}

/** Whether the processes of the node run with the command lines of that launch. */
const runsBy = async (node: ClusterNode, launch: LaunchSpec): Promise<boolean> => {
  const lines = (await node.processes()).map(({ pid }) => commandLineOf(pid))
  return launch.processes.every(({ argv }) => lines.some((line) => line === `${argv.join('\0')}\0`))
}

/** The version that each node reports, and whether its process runs with the setting. */
export const effectOf = async (
  context: NemesisContext,
  nodes: readonly ClusterNode[],
  setting: Setting,
  isVersion: boolean,
) => {
  const told = await Promise.all(
    nodes.map(async (node) => {
      const launch = context.launchWith(node, optionsWith(setting))
      const [status, runs] = await Promise.all([context.status(node.name), runsBy(node, launch)])
      const version = isVersion ? ` says version ${status?.version ?? '?'},` : ''
      const how = `runs ${runs ? 'with' : 'without'} ${setting.option}=${setting.value}`
      return { runs, text: `${node.name}${version} ${how}` }
    }),
  )
  const changed = told.filter(({ runs }) => runs).length
  const summary = told.map(({ text }) => text).join('; ')
  return { effective: changed > 0, summary, measurements: { changed } }
}
