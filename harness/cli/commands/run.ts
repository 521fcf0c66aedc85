/** `faultline run`: one run, judged and reported. */
import path from 'node:path'
import type { LogLevel } from '../../api/log.ts'
import type { RunSpec } from '../../api/record.ts'
import type { Status } from '../../api/verdict.ts'
import { renderReport } from '../../report/render.ts'
import { LOG_LEVELS } from '../../store/harness-log.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES, formatVerdict } from '../output/text.ts'
import type { LogChoice } from '../run/controller.ts'
import { judgeRun } from '../run/judge.ts'
import { findTarget, unknownName } from '../run/registries.ts'
import { buildRunSpec, type RunFlags } from '../run/spec.ts'
import { supervise } from '../run/supervise.ts'

export interface RunCommandFlags extends RunFlags {
  readonly logLevel: string
  readonly showLog?: boolean
  readonly out: string
  readonly json?: boolean
}

export interface RunResult {
  readonly status: Status
  readonly runDir: string
  readonly exitCode: number
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** Runs a finished spec, judges what it left, renders the report and prints. */
export const runSpec = async (
  spec: RunSpec,
  options: { readonly out: string; readonly json: boolean; readonly log?: LogChoice },
): Promise<RunResult> => {
  const target = await findTarget(spec.target)
  say(
    `${target.name} on ${spec.nodes} nodes (${spec.environment}), workload ${spec.workload}, ` +
      `nemeses ${spec.nemeses.map(({ name }) => name).join(', ') || 'none'}, seed ${spec.seed}${spec.bug === null ? '' : `, planted bug ${spec.bug}`}`,
  )
  const { runDir, code } = await supervise({
    spec,
    target,
    results: options.out,
    quiet: false,
    log: options.log ?? { level: 'info', show: false },
    say,
  })
  if (code !== 0)
    throw new UserError(`The run did not come about (its folder: ${runDir}).`, code === 255 ? 255 : 254)
  const judged = await judgeRun(runDir)
  const reportFile = path.relative('.', await renderReport(runDir))
  if (options.json) process.stdout.write(`${JSON.stringify({ runDir, reportFile, ...judged.verdict })}\n`)
  else process.stdout.write(formatVerdict({ ...judged, reportFile }))
  return { status: judged.verdict.status, runDir, exitCode: EXIT_CODES[judged.verdict.status] }
}

const parseLogLevel = (text: string): LogLevel => {
  const level = LOG_LEVELS.find((candidate) => candidate === text)
  if (level === undefined) throw unknownName('log level', text, LOG_LEVELS)
  return level
}

export const runCommand = async (targetName: string, flags: RunCommandFlags): Promise<number> => {
  const log = { level: parseLogLevel(flags.logLevel), show: flags.showLog === true }
  const { spec, notes } = await buildRunSpec(targetName, flags)
  for (const note of notes) say(note)
  return (await runSpec(spec, { out: flags.out, json: flags.json === true, log })).exitCode
}
