/** What a checker holds against the beginning of a history, it holds against the whole: by our own histories, cut anywhere. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../harness/api/history.ts'
import type { Verdict } from '../harness/api/verdict.ts'
import { writeScaleHistory } from '../harness/cli/bench/scale-history.ts'
import { parseExpect } from '../harness/cli/run/expect.ts'
import { parseOptions } from '../harness/cli/run/options.ts'
import { bareRecord } from '../harness/store/run-store.ts'
import { temporaryFolder } from '../harness/testing/command.ts'
import { readAny } from '../harness/testing/decoded.ts'
import { structures } from '../targets/protocol/structures/index.ts'
import { workloads } from '../workloads/index.ts'
import { provedAlready } from './beginning.ts'

const FOLDER = path.join(import.meta.dirname, 'testing/histories')
const CUTS = 20

const rows = fs
  .readFileSync(path.join(FOLDER, 'verdicts.tsv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t') as [file: string, workload: string, flags: string, verdict: string])
  .filter(([file]) => file.startsWith('jsonl'))

const judge = async (
  workload: (typeof workloads)[string],
  flags: string,
  history: readonly Operation[],
): Promise<readonly Verdict[]> => {
  const given = /--workload-opts (\S+)/.exec(flags)?.[1]
  const options = parseOptions(workload.name, given, workload.options)
  const expected = parseExpect(/--expect (\S+)/.exec(flags)?.[1], workload.vocabulary)
  const record = {
    ...bareRecord(history),
    vocabulary: workload.vocabulary,
    workloadOptions: options,
    ...(expected === null ? {} : { expect: expected }),
  }
  const checkers = workload
    .checkers(options)
    .filter(({ judgesBeginnings, needs }) => judgesBeginnings && needs.every((part) => record[part] !== null))
    .filter((checker) => checker.applies?.(record) ?? true)
  return Promise.all(checkers.map((checker) => checker.check(record, new AbortController().signal)))
}

const brokenIn = (verdicts: readonly Verdict[]): readonly string[] =>
  verdicts.filter(({ status }) => status === 'invalid').map(({ checker }) => checker)

/** Checkers that some beginning proves to be broken: each is broken in the whole. */
const provedIn = async (
  workload: (typeof workloads)[string],
  flags: string,
  operations: readonly Operation[],
): Promise<ReadonlySet<string>> => {
  const whole = brokenIn(await judge(workload, flags, operations))
  const seen = new Set<string>()
  for (let cut = 1; cut <= CUTS; cut++) {
    const beginning = operations.slice(0, Math.ceil((cut * operations.length) / CUTS))
    const proved = brokenIn((await judge(workload, flags, beginning)).map(provedAlready))
    for (const checker of proved) {
      expect(whole, `after ${beginning.length} of ${operations.length} operations`).toContain(checker)
      seen.add(checker)
    }
  }
  return seen
}

describe('the beginning of a history', () => {
  it.each(rows)('%s, judged by %s %s', async (file, name, flags, status) => {
    const workload = workloads[name] as (typeof workloads)[string]
    const text = fs.readFileSync(path.join(FOLDER, file), 'utf8')
    const { operations } = readAny(text, file, workload.vocabulary, 'jepsen')
    const proved = await provedIn(workload, flags, operations)
    if (status === 'valid') expect(proved.size).toBe(0)
  })
})

describe('the beginning of a longer history with open operations', () => {
  const simulated = Object.values(workloads).filter(
    ({ vocabulary: { name, services } }) => name in structures && services.length === 0,
  )

  it.each(simulated)('$name', async (workload) => {
    using folder = temporaryFolder()
    for (const isBroken of [false, true]) {
      const file = path.join(folder.path, `${isBroken}.jsonl`)
      writeScaleHistory(file, workload, { operations: 300, isBroken })
      const { operations } = readAny(fs.readFileSync(file, 'utf8'), file, workload.vocabulary, 'jepsen')
      const proved = await provedIn(workload, '', operations)
      if (!isBroken) expect(proved.size).toBe(0)
    }
  })
})
