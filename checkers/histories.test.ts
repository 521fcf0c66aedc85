/** Histories of our own with known verdicts, each judged as `faultline check` does. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Workload } from '../harness/api/workload.ts'
import { judgePath } from '../harness/cli/run/judge.ts'
import { workloads } from '../workloads/index.ts'

const FOLDER = path.join(import.meta.dirname, 'testing/histories')

interface Row {
  readonly file: string
  readonly workload: string
  readonly flags: string
  readonly verdict: string
}

const rows = fs
  .readFileSync(path.join(FOLDER, 'verdicts.tsv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line): Row => {
    const [file, workload, flags, verdict] = line.split('\t') as [string, string, string, string]
    return { file, workload, flags, verdict }
  })

const flagOf = (flags: string, name: string): string | undefined =>
  new RegExp(`--${name} (\\S+)`).exec(flags)?.[1]

describe('known histories', () => {
  it.each(rows)('$file, judged by $workload $flags: $verdict', async ({ file, workload, flags, verdict }) => {
    const judged = await judgePath(path.join(FOLDER, file), {
      workload,
      dialect: flagOf(flags, 'dialect') === 'etcd' ? 'etcd' : 'jepsen',
      workloadOpts: flagOf(flags, 'workload-opts'),
      pages: undefined,
      expect: flagOf(flags, 'expect'),
    })
    expect(judged.verdict.status, judged.verdict.summary).toBe(verdict)
  })

  it('are all listed', () => {
    const files = fs
      .readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.includes(path.sep))
    expect([...new Set(rows.map(({ file }) => file))].sort()).toEqual(files.sort())
  })

  const isJudgedByHistory = ({ checkers, options }: Workload): boolean => {
    const defaults = Object.fromEntries(
      Object.entries(options).map(([name, { default: value }]) => [name, value]),
    )
    const [own] = checkers(defaults)
    return own?.needs.every((part) => part === 'history') === true
  }

  it.each(Object.values(workloads).filter(isJudgedByHistory))(
    '$name has one that is valid and one that is not',
    ({ name }) => {
      const verdicts = rows.filter(({ workload }) => workload === name).map(({ verdict }) => verdict)
      expect(verdicts).toEqual(expect.arrayContaining(['valid', 'invalid']))
    },
  )

  it('are of every format and dialect, and of every verdict', () => {
    const kinds = rows.map(({ file, flags }) =>
      `${path.extname(file)} ${flagOf(flags, 'dialect') ?? ''}`.trim(),
    )
    expect([...new Set(kinds)].sort()).toEqual(['.edn', '.edn etcd', '.jsonl', '.log etcd', '.log jepsen'])
    expect([...new Set(rows.map(({ verdict }) => verdict))].sort()).toEqual(['invalid', 'unknown', 'valid'])
  })
})
