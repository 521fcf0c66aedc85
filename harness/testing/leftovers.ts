/**
 * What runs have left on this host. It is distinguished from what belongs to others by the ids of the runs. A test finds
 * its runs by the folder of their results: `run.json` contains the id. Every process that was started for that folder
 * (`command.ts`) has it in its environment, so that a run is found before it has written anything.
 */
import fs from 'node:fs'
import path from 'node:path'
import { execaSync } from 'execa'
import { cgroupsNamed } from '../faults/cgroup/groups.ts'
import { RUN_LABEL } from '../faults/containers.ts'
import { waitUntil } from '../support/wait.ts'
import { type HostBaseline, hostChanges } from './host.ts'

/** The variable that names the folder. */
export const FOLDER_VARIABLE = 'FAULTLINE_TEST_FOLDER'

/** State directories of all users' runs are below these. */
const STATE_ROOTS = '/var/tmp'

const readIfThere = (file: string): string => {
  try {
    return fs.readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

const namesIn = (directory: string): readonly string[] => {
  try {
    return fs.readdirSync(directory)
  } catch {
    return []
  }
}

export interface TracedProcess {
  readonly pid: number
  readonly commandLine: string
}

interface Owned extends TracedProcess {
  readonly uid: number
  readonly environment: string
  readonly cgroups: string
}

const processes = (): readonly Owned[] =>
  namesIn('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({
      pid: Number(pid),
      commandLine: readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
      uid: Number(/^Uid:\s+(\d+)/m.exec(readIfThere(`/proc/${pid}/status`))?.[1] ?? -1),
      environment: readIfThere(`/proc/${pid}/environ`),
      cgroups: readIfThere(`/proc/${pid}/cgroup`),
    }))
    // Zombies and processes that are gone have no command line.
    .filter(({ commandLine }) => commandLine !== '')

/** The state directories with their run ids. `owner` is the pid of the supervisor. */
const stateDirs = (): readonly {
  readonly id: string
  readonly directory: string
  readonly owner: number
}[] =>
  namesIn(STATE_ROOTS)
    .filter((name) => /^faultline(-\d+)?$/.test(name))
    .flatMap((root) =>
      namesIn(path.join(STATE_ROOTS, root)).map((id) => {
        const directory = path.join(STATE_ROOTS, root, id)
        const [first] = readIfThere(path.join(directory, 'journal.jsonl')).split('\n')
        const owner = /^\{"pid":(\d+)/.exec(first ?? '')?.[1]
        return { id, directory, owner: Number(owner ?? -1) }
      }),
    )

const idsWrittenIn = (folder: string): readonly string[] =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'run.json' && !file.includes('node_modules'))
    .flatMap((file) => /"runId": "(\w+)"/.exec(readIfThere(path.join(folder, file)))?.[1] ?? [])

/** The runs of a test. */
export interface Runs {
  /** The folder of their results. */
  readonly folder: string
  /** Pids of supervisors that may have ended before they wrote any results. */
  readonly supervisors?: readonly number[]
  /** The user who started them, if that user starts nothing else. */
  readonly uid?: number
}

export const runIdsOf = ({ folder, supervisors = [] }: Runs): readonly string[] => [
  ...new Set([
    ...idsWrittenIn(folder),
    ...stateDirs().flatMap(({ id, owner }) => (supervisors.includes(owner) ? [id] : [])),
  ]),
]

/** The processes of these runs that are running now, including nodes. */
export const processesOf = (runs: Runs, ids = runIdsOf(runs)): readonly TracedProcess[] => {
  const mark = `${FOLDER_VARIABLE}=${runs.folder}\0`
  const isOurs = ({ uid, commandLine, environment, cgroups }: Owned): boolean =>
    uid === runs.uid ||
    `${environment}\0`.includes(mark) ||
    ids.some((id) => commandLine.includes(id) || cgroups.includes(`faultline-${id}-`))
  return processes().filter(isOurs)
}

const docker = (args: readonly string[], id: string): readonly string[] => {
  const filter = ['--filter', `label=${RUN_LABEL}=${id}`]
  const { exitCode, stdout } = execaSync('docker', [...args, ...filter], { reject: false })
  return exitCode === 0 ? stdout.split('\n').filter(Boolean) : []
}

const tracesOf = (id: string): readonly string[] => [
  ...stateDirs()
    .filter((each) => each.id === id)
    .map(({ directory }) => `state: ${directory}`),
  ...cgroupsNamed(`faultline-${id}-`).map((directory) => `cgroup: ${directory}`),
  ...readIfThere('/proc/self/mounts')
    .split('\n')
    .filter((line) => line.includes(id))
    .map((line) => `mount: ${line}`),
  ...docker(['ps', '--all', '--format', '{{.Names}}'], id).map((name) => `container: ${name}`),
  ...docker(['network', 'ls', '--format', '{{.Name}}'], id).map((name) => `network: ${name}`),
  ...docker(['volume', 'ls', '--format', '{{.Name}}'], id).map((name) => `volume: ${name}`),
]

/** Only a guard against hanging: what is undone is gone much sooner. */
const SETTLE_TIMEOUT_MS = 60_000

/**
 * What the runs have left behind, and changes of the host. Waits until there is nothing, which is the expected result,
 * or the time is over.
 */
export const leftovers = async (before: HostBaseline, runs: Runs | string): Promise<readonly string[]> => {
  const whose = typeof runs === 'string' ? { folder: runs } : runs
  const left = (): readonly string[] => {
    const ids = runIdsOf(whose)
    return [
      ...ids.flatMap(tracesOf),
      ...processesOf(whose, ids).map(({ pid, commandLine }) => `process: ${pid} ${commandLine}`),
      ...hostChanges(before),
    ]
  }
  await waitUntil(() => left().length === 0, SETTLE_TIMEOUT_MS, 200)
  return left()
}
