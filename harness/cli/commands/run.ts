/** `faultline run`: one run, judged and reported. */
import path from 'node:path'
import type { RunSpec } from '../../api/record.ts'
import type { Status } from '../../api/verdict.ts'
import { headlineOf } from '../../findings/headline.ts'
import { renderReport } from '../../report/render.ts'
import { lastErrorIn } from '../../store/harness-log.ts'
import { FILES } from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { formatDurationMs } from '../../support/time.ts'
import { visible } from '../../support/visible.ts'
import { type FormatSettings, print } from '../output/print.ts'
import { findWorkload } from '../run/find-workload.ts'
import type { Frozen } from '../run/hold.ts'
import { judgeRun } from '../run/judge.ts'
import { findTarget } from '../run/registries.ts'
import type { RunSettings } from '../run/settings.ts'
import { buildRunSpec } from '../run/spec.ts'
import { tryToStore } from '../run/stored.ts'
import { supervise } from '../run/supervise.ts'

/** The folder for the results, the format of the verdict, and the harness's own log. */
interface OutputSettings extends FormatSettings, Pick<RunSettings, 'logLevel' | 'showLog'> {
  readonly out: string
  /** How long the cluster is kept at most if a promise was broken. Absent: it is not kept. */
  readonly freezeMs?: number | undefined
  /** The run is judged while it goes on. Absent: afterwards only. */
  readonly online?: boolean
  /** The run ends as soon as a promise is seen to be broken. Absent: it goes on. */
  readonly failFast?: boolean
}

export interface RunResult {
  readonly status: Status
  readonly runDir: string
  readonly exitCode: number
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** Judges the run while its cluster stands, and says how to look at it. */
const keptIfInvalid =
  (mostMs: number) =>
  async ({ runDir, nodes }: Frozen): Promise<boolean> => {
    const { verdict, record } = await judgeRun(runDir)
    if (verdict.status !== 'invalid') return false
    const [first] = nodes
    say(`\n${visible(headlineOf(record, verdict))}`)
    say(
      `The cluster is kept for ${formatDurationMs(mostMs)} at most, and its processes are stopped: ` +
        `\`faultline attach ${first?.name}\` opens a shell in a node, \`faultline release\` ends it, as does Ctrl-C here.`,
    )
    return true
  }

/** With these the controller has said why itself. */
const OWN_CODES: readonly number[] = [EXIT_CODES.badUsage, EXIT_CODES.harnessFailed, EXIT_CODES.targetFailed]

/** Runs a spec, judges its record, renders the report and prints the verdict. */
export const runSpec = async (spec: RunSpec, output: OutputSettings): Promise<RunResult> => {
  const target = await findTarget(spec.target)
  say(
    `${target.name} on ${spec.nodes} nodes (${spec.environment}), workload ${spec.workload}, ` +
      `${spec.incident === undefined ? '' : `incident ${spec.incident}, `}nemeses ${spec.nemeses.map(({ name }) => name).join(', ') || 'none'}, seed ${spec.seed}${spec.bug === null ? '' : `, planted bug ${spec.bug}`}`,
  )
  const { runDir, code } = await supervise({
    spec,
    target,
    workload: await findWorkload(spec.workload),
    results: output.out,
    quiet: false,
    freeze:
      output.freezeMs === undefined
        ? null
        : { mostMs: output.freezeMs, isWanted: keptIfInvalid(output.freezeMs) },
    log: { level: output.logLevel, show: output.showLog },
    watching: output.failFast === true ? 'stop' : output.online === true ? 'tell' : null,
    say,
  })
  if (code !== 0 && !OWN_CODES.includes(code))
    say(`faultline: internal error: ${lastErrorIn(path.join(runDir, FILES.log)) ?? `exit code ${code}`}`)
  if (code !== 0)
    throw new UserError(
      `The run could not be carried out (its folder: ${runDir}).`,
      code === EXIT_CODES.badUsage || code === EXIT_CODES.targetFailed ? code : EXIT_CODES.harnessFailed,
    )
  const judged = await judgeRun(runDir)
  const report = await tryToStore('the report', () => renderReport(runDir, judged))
  print(report === null ? judged : { ...judged, reportFile: path.relative('.', report) }, output)
  return { status: judged.verdict.status, runDir, exitCode: EXIT_CODES[judged.verdict.status] }
}

export const runCommand = async (
  targetName: string,
  settings: RunSettings & OutputSettings,
): Promise<number> => {
  const { spec, notes } = await buildRunSpec(targetName, settings)
  for (const note of notes) say(note)
  return (await runSpec(spec, settings)).exitCode
}
