/**
 * `npm run bench:bugs`: runs every planted bug on a real cluster with its workload and nemesis, with several seeds. It
 * prints in how many of the seeds the bug is found, and the median time to the first evidence. Then it runs the healthy
 * clusters with all workloads, where nothing may be found. With `--nemesis all` each run is what a user types first.
 */
import { targets } from '../../../targets/index.ts'
import { workloads } from '../../../workloads/index.ts'
import type { RunRecord } from '../../api/record.ts'
import type { PlantedBug, Target } from '../../api/target.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import { loadRun } from '../../store/run-store.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { formatDurationMs, NS_PER_MS } from '../../support/time.ts'
import { runOnce } from './run-once.ts'

export interface BugSettings {
  readonly seeds: number
  /** Undefined: both. */
  readonly part: 'bugs' | 'healthy' | undefined
  /** Only where the target's name with that of the bug or workload, as in `raft no-fsync`, contains this text. */
  readonly only: string | undefined
  /** Nemeses of a run with default options only. Undefined: the command of each bug. */
  readonly nemesis: string | undefined
}

interface Finding {
  readonly seed: number
  readonly status: RunVerdict['status'] | 'not run'
  /** Milliseconds from the start of the run to the first evidence; null if nothing was found. */
  readonly firstMs: number | null
  /** What the verdict says, or the error. */
  readonly summary: string
}

/**
 * The earliest time by which one piece of evidence was complete. Evidence without a time counts as the end of the run.
 */
const firstEvidenceMs = ({ verdicts }: RunVerdict, { history }: RunRecord): number => {
  const endNs = history.at(-1)?.timeNs ?? 0
  const timeOf = (index: number): number => history.at(index)?.timeNs ?? endNs
  const times = verdicts
    .filter(({ status }) => status === 'invalid')
    .flatMap(({ evidence }) => evidence)
    .map(
      ({ operations, atNs }) =>
        atNs ?? (operations.length === 0 ? endNs : Math.max(...operations.map(timeOf))),
    )
  return Math.min(endNs, ...times) / NS_PER_MS
}

const RESULTS = 'results/bench-bugs'

const runSeed = async (args: readonly string[], seed: number): Promise<Finding> => {
  const verdict = await runOnce([...args, '--seed', String(seed)], RESULTS)
  if ('error' in verdict) return { seed, status: 'not run', firstMs: null, summary: verdict.error }
  const isFound = verdict.status === 'invalid'
  const firstMs = isFound ? firstEvidenceMs(verdict, loadRun(verdict.runDir).record) : null
  return { seed, status: verdict.status, firstMs, summary: verdict.summary }
}

const runSeeds = async (args: readonly string[], seeds: number): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  for (let seed = 1; seed <= seeds; seed++) findings.push(await runSeed(args, seed))
  return findings
}

/** A line for each seed that was not as it should be. */
const exceptions = (findings: readonly Finding[], wanted: Finding['status']): string =>
  findings
    .filter(({ status }) => status !== wanted)
    .map(({ seed, status, summary }) => `    seed ${seed}: ${status}: ${summary}\n`)
    .join('')

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number

const describeBug = (name: string, findings: readonly Finding[]): string => {
  const times = findings.flatMap(({ firstMs }) => firstMs ?? [])
  const when =
    times.length === 0
      ? 'never'
      : `first evidence after ${formatDurationMs(Math.round(median(times)))} (median)`
  return `${name.padEnd(36)} found in ${times.length} of ${findings.length} seeds, ${when}\n${exceptions(findings, 'invalid')}`
}

const MINUTE = ['--time-limit', '60s']

/** The sink that a bug's own command asks for. */
const sinkOf = (args: string): readonly string[] => {
  const [sink] = /sink=\w+/.exec(args) ?? []
  return sink === undefined ? [] : ['--target-opts', sink]
}

const argsOf = (bug: PlantedBug, own: string, { nemesis }: BugSettings): readonly string[] => [
  '--bug',
  bug.name,
  '-w',
  bug.workload,
  ...(nemesis === undefined ? own.split(' ') : ['-n', nemesis, ...MINUTE, ...sinkOf(own)]),
]

const benchBug = async (target: Target, bug: PlantedBug, settings: BugSettings): Promise<boolean> => {
  if ('none' in bug.realRun) return true
  const args = [target.name, '--env', 'namespaces', ...argsOf(bug, bug.realRun.args, settings)]
  const findings = await runSeeds(args, settings.seeds)
  process.stdout.write(describeBug(`${target.name} ${bug.name}`, findings))
  return findings.every(({ firstMs }) => firstMs !== null)
}

const HEALTHY = ['-n', 'partition,kill,pause', '--time-limit', '20s']

/** Some workloads need the service `sink`. It does not disturb the others. */
const sinkArgs = ({ options }: Target): readonly string[] =>
  options.sink === undefined ? [] : ['--target-opts', 'sink=deduplicating']

const benchHealthy = async (
  target: Target,
  workload: string,
  { seeds, nemesis }: BugSettings,
): Promise<boolean> => {
  const nemeses = nemesis === undefined ? HEALTHY : ['-n', nemesis, ...MINUTE]
  const args = [target.name, '--env', 'namespaces', '-w', workload, ...nemeses, ...sinkArgs(target)]
  const findings = await runSeeds(args, seeds)
  const count = (status: Finding['status']): number =>
    findings.filter((each) => each.status === status).length
  process.stdout.write(
    `${`${target.name} ${workload}`.padEnd(36)} healthy: valid in ${count('valid')}, unknown in ${count('unknown')}, falsely invalid in ${count('invalid')}, not run ${count('not run')} of ${findings.length} seeds\n${exceptions(findings, 'valid')}`,
  )
  return count('invalid') + count('not run') === 0
}

/** Exit code 0 only if every bug was found with every seed and nothing was found in the healthy clusters. */
export const benchBugsCommand = async (settings: BugSettings): Promise<number> => {
  const isWanted = (name: string): boolean => settings.only === undefined || name.includes(settings.only)
  const isPart = (part: BugSettings['part']): boolean => settings.part === undefined || settings.part === part
  let isGood = true
  for (const target of Object.values(targets)) {
    for (const bug of isPart('bugs') ? target.bugs : [])
      if (isWanted(`${target.name} ${bug.name}`)) isGood = (await benchBug(target, bug, settings)) && isGood
    for (const workload of Object.values(workloads))
      if (
        isPart('healthy') &&
        target.clients[workload.vocabulary.name] !== undefined &&
        isWanted(`${target.name} ${workload.name}`)
      )
        isGood = (await benchHealthy(target, workload.name, settings)) && isGood
  }
  return isGood ? EXIT_CODES.valid : EXIT_CODES.invalid
}
