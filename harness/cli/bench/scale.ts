/**
 * `npm run bench:scale`: the time and the memory to judge histories of 10,000 operations and more, valid and broken at the
 * very end, reading included. Each is judged in a process of its own. The exponent of growth says how the time grows with
 * the length: 1 is linear.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { structures } from '../../../targets/protocol/structures/index.ts'
import { workloads } from '../../../workloads/index.ts'
import type { Workload } from '../../api/workload.ts'
import { ROOT } from '../../store/package.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { hasSink, writeScaleHistory } from './scale-history.ts'
import type { ScaleJudged } from './scale-judge.ts'

const SHORTEST = 10_000
const TIMES = 10
const TIMEOUT_MS = 600_000
const LAUNCHER = path.join(ROOT, 'harness', 'launcher.mjs')

export interface ScaleSettings {
  readonly most: number
  readonly only: string | undefined
}

const judge = async (file: string, workload: string): Promise<ScaleJudged | null> => {
  const argv = [...process.execArgv, LAUNCHER, 'bench-scale-judge', file, workload]
  const { stdout } = await execa(process.execPath, argv, {
    reject: false,
    timeout: TIMEOUT_MS,
    forceKillAfterDelay: 1000,
  })
  return stdout === '' ? null : (JSON.parse(stdout) as ScaleJudged)
}

/** The time of the processor: other programs disturb it less than the time that passes. */
const cpuOf = ({ userSeconds, systemSeconds }: ScaleJudged): number => userSeconds + systemSeconds

/** Those whose histories the state machine of the bundled Raft can make, and the log of the sink where there is one. */
const measured = (only: string): readonly Workload[] =>
  Object.values(workloads).filter(
    (workload) =>
      structures[workload.vocabulary.name] !== undefined &&
      (workload.vocabulary.services.length === 0 || hasSink(workload)) &&
      workload.name.includes(only),
  )

/** Null: it was judged as it is, or not decided. */
const mistakeIn = (judged: ScaleJudged | null, isBroken: boolean): string | null => {
  if (judged?.status !== (isBroken ? 'valid' : 'invalid')) return null
  return isBroken ? 'although it is broken' : 'although nothing is wrong with it'
}

const textOf = (judged: ScaleJudged | null, operations: number, before: number | null): string => {
  if (judged === null) return `no answer within ${TIMEOUT_MS / 1000} s`
  const { status, summary, seconds, systemSeconds, megabytes } = judged
  const cpu = cpuOf(judged)
  const growth = before === null ? '' : `, exponent ${(Math.log(cpu / before) / Math.log(TIMES)).toFixed(2)}`
  const rate = `${Math.round(operations / seconds)} operations/s`
  const why = status === 'unknown' ? `: ${summary.slice(0, 120)}` : ''
  return `${seconds.toFixed(2)} s (processor ${cpu.toFixed(2)} s, of it system ${systemSeconds.toFixed(1)} s), ${rate}, ${Math.round(megabytes)} MB${growth}, ${status}${why}`
}

const sizesUpTo = (most: number): readonly number[] => {
  const sizes: number[] = []
  for (let size = SHORTEST; size <= most; size *= TIMES) sizes.push(size)
  return sizes
}

export const benchScaleCommand = async ({ most, only = '' }: ScaleSettings): Promise<number> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-scale-'))
  let hasMistake = false
  try {
    for (const workload of measured(only))
      for (const isBroken of [false, true]) {
        let before: number | null = null
        for (const operations of sizesUpTo(most)) {
          const file = path.join(directory, 'history.jsonl')
          writeScaleHistory(file, workload, { operations, isBroken })
          const judged = await judge(file, workload.name)
          const what = `${workload.name.padEnd(14)} ${isBroken ? 'broken' : 'valid '} ${String(operations).padStart(9)}`
          const mistake = mistakeIn(judged, isBroken)
          hasMistake ||= mistake !== null
          const isWrong = mistake === null ? '' : `, ${mistake}`
          process.stdout.write(`${what}: ${textOf(judged, operations, before)}${isWrong}\n`)
          if (judged === null) break
          before = cpuOf(judged)
        }
      }
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
  return hasMistake ? EXIT_CODES.harnessFailed : EXIT_CODES.valid
}
