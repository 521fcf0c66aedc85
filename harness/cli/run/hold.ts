/**
 * A cluster that stands after its run, so that somebody can look at it (`run --freeze`). The controller stops the processes of
 * its nodes and waits; the supervisor judges meanwhile, and releases it at once if nothing was broken.
 *
 * They talk by files of the state directory, and by the pipe by which the supervisor also interrupts.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { Cluster } from '../../api/environment.ts'
import { isOwnerAlive, listStateDirs, readJournal } from '../../faults/journal.ts'
import { controllerAt, signal as send } from '../../faults/proc.ts'
import { sleep } from '../../support/wait.ts'

/** A node that can be entered. */
export interface HeldNode {
  readonly name: string
  readonly address: string
  readonly dataDir: string
  /** As the controller sees it. */
  readonly keeperPid: number
}

/** What the supervisor tells those who want to look. */
export interface Frozen {
  readonly runDir: string
  /** As this machine sees it. Its namespaces are the way to the nodes. */
  readonly controllerPid: number
  readonly nodes: readonly HeldNode[]
}

/** Written by the controller when all is recorded and the nodes are stopped. */
const HELD = 'held.json'
/** Written by the supervisor when a promise was broken. */
const FROZEN = 'frozen.json'
/** Made by `faultline release`. */
const RELEASE = 'release'
/** The line by which the supervisor lets the controller go on. */
export const RELEASE_LINE = 'release'

const POLL_MS = 200

/** A reader sees the whole file or none. */
const write = (stateDir: string, file: string, content: object): void => {
  const whole = path.join(stateDir, file)
  fs.writeFileSync(`${whole}.new`, JSON.stringify(content))
  fs.renameSync(`${whole}.new`, whole)
}

const read = <T>(stateDir: string, file: string): T | null => {
  const whole = path.join(stateDir, file)
  return fs.existsSync(whole) ? (JSON.parse(fs.readFileSync(whole, 'utf8')) as T) : null
}

const signalAll = async ({ nodes }: Cluster, name: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
  for (const { pid } of (await Promise.all(nodes.map((node) => node.processes()))).flat()) send(pid, name)
}

/** In the controller: stops the nodes until it is released. Whatever ends the wait, they are continued. */
export const holdCluster = async (
  cluster: Cluster,
  stateDir: string,
  released: Promise<void>,
): Promise<void> => {
  await signalAll(cluster, 'SIGSTOP')
  const nodes = cluster.nodes.map(
    ({ name, address, dataDir, keeperPid }): HeldNode => ({ name, address, dataDir, keeperPid }),
  )
  write(stateDir, HELD, { nodes })
  await released
  await signalAll(cluster, 'SIGCONT')
}

export interface Holding {
  readonly stateDir: string
  readonly runDir: string
  /** The process that the supervisor started for the controller. */
  readonly childPid: number
  /** Whether the cluster is to be kept, judged by what is on disk. */
  isWanted(frozen: Frozen): Promise<boolean>
  /** Aborted when the controller has ended. */
  readonly ended: AbortSignal
  /** How long it is kept at most. */
  readonly mostMs: number
}

/** In the supervisor: waits until the cluster is held, and resolves when it is to be released. */
export const untilReleased = async (holding: Holding): Promise<void> => {
  const { stateDir, runDir, childPid, ended, mostMs } = holding
  let held: Pick<Frozen, 'nodes'> | null = null
  while (held === null) {
    await sleep(POLL_MS, ended)
    held = read(stateDir, HELD)
  }
  const frozen: Frozen = { runDir, controllerPid: controllerAt(childPid) ?? childPid, nodes: held.nodes }
  write(stateDir, FROZEN, frozen)
  if (!(await holding.isWanted(frozen))) return
  const untilMs = performance.now() + mostMs
  while (performance.now() < untilMs && !fs.existsSync(path.join(stateDir, RELEASE)))
    await sleep(POLL_MS, ended)
}

/** The clusters that are kept on this machine now, by their state directories. */
export const frozenClusters = (): ReadonlyMap<string, Frozen> =>
  new Map(
    listStateDirs().flatMap((stateDir) => {
      const journal = readJournal(stateDir)
      const frozen = read<Frozen>(stateDir, FROZEN)
      return journal === null || !isOwnerAlive(journal) || frozen === null
        ? []
        : [[stateDir, frozen] as const]
    }),
  )

export const release = (stateDir: string): void => fs.writeFileSync(path.join(stateDir, RELEASE), '')
