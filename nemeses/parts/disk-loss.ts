/** Data loss and damage on disks while their nodes are down. */
import type { Damage, Lost, Survival } from '../../harness/api/disk.ts'
import type { Effect, NemesisContext } from '../../harness/api/nemesis.ts'
import type { NodeWithDisk } from './disk-rules.ts'
import type { FaultInForce } from './scheduled-nemesis.ts'

interface Circumstances {
  /** The fault's id. */
  readonly id: string
  /** What the nodes are held at, in words; null: nothing. */
  readonly where: string | null
}

/**
 * Kills the nodes, runs the action on their disks, and starts them again at the heal. If the action fails, they are started
 * at once.
 */
export const whileDown = async (
  context: NemesisContext,
  victims: readonly NodeWithDisk[],
  { id, where }: Circumstances,
  act: () => Promise<Effect>,
): Promise<FaultInForce> => {
  const bringUp = async (): Promise<void> => {
    await Promise.all(victims.map(({ node }) => node.bringUp(id, context.signal)))
  }
  const killed = await Promise.all(victims.map(({ node }) => node.takeDown(id, 'kill', context.signal)))
  const pids = killed.flatMap(({ processes }) => processes.map(({ pid }) => pid))
  const { summary, measurements, ...rest } = await act().catch(async (error: unknown) => {
    await bringUp()
    throw error
  })
  const effect = {
    ...rest,
    summary: `pid ${pids.join(', ') || 'none'} killed${where === null ? '' : ` ${where}`}; ${summary}`,
    measurements: { ...measurements, killed: pids.length },
  }
  const heal = async (): Promise<Effect> => {
    await bringUp()
    return effect
  }
  return { victims: victims.map(({ node }) => node), measure: async () => effect, heal }
}

interface LossIntent {
  readonly survival: Survival
  readonly seed: number
  /** The files that can lose anything: globs. */
  readonly paths: string
}

/** Nothing, some or all of what was not fsynced survives. */
export const losePower = async (victims: readonly NodeWithDisk[], { survival, seed, paths }: LossIntent) => {
  const lost = await Promise.all(victims.map(({ disk }, i) => disk.losePower(survival, seed + i, paths)))
  const sum = (of: keyof Lost): number => lost.reduce((total, each) => total + each[of], 0)
  const [bytes, pages, files] = [sum('bytes'), sum('pages'), sum('files')]
  const directoryOperations = sum('directoryOperations')
  return {
    // The power failed even if there was nothing to lose: a cluster that fsyncs everything loses nothing.
    effective: true,
    summary: `power lost (${survival} survives${paths === '' ? '' : ` of ${paths}`}): ${bytes} bytes on ${pages} pages of ${files} files and ${directoryOperations} directory operations gone`,
    measurements: { bytes, pages, files, directoryOperations },
  }
}

/** Damages, on each disk, the file written last among those that match. */
export const damageFiles = async (victims: readonly NodeWithDisk[], { file, how, seed }: Damage) => {
  const done = await Promise.all(victims.map(({ disk }, i) => disk.damage({ file, how, seed: seed + i })))
  const damaged = done.filter((each) => each !== null)
  return {
    effective: damaged.length > 0,
    summary: damaged.join('; ') || `no file matched ${file}`,
    measurements: { damaged: damaged.length },
  }
}
