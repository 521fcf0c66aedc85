/** A run is judged by its stored columns as by its text, and never by damaged ones. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { workloads } from '../../../workloads/index.ts'
import type { RunSpec } from '../../api/record.ts'
import type { Workload } from '../../api/workload.ts'
import { FILES } from '../../store/run-store.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { validRun } from '../../testing/incidents.ts'
import { storeRun } from '../../testing/stored-runs.ts'
import { writeScaleHistory } from '../bench/scale-history.ts'
import { judgeRun } from './judge.ts'
import { defaultsOf } from './options.ts'

const register = workloads.register as Workload

/** Returns the folder. */
const storeLongRun = async (results: string, isBroken: boolean): Promise<string> => {
  const { record, verdict } = await validRun()
  const spec = { ...(record.spec as RunSpec), workloadOptions: defaultsOf(register.options) }
  const dir = storeRun(results, { record: { ...record, spec }, verdict }, { name: 'a/1' })
  writeScaleHistory(path.join(dir, FILES.history), register, { operations: 25_000, isBroken })
  return dir
}

describe('a long run', () => {
  it.each([false, true])('has the same verdict each time it is judged (broken: %s)', async (isBroken) => {
    using results = temporaryFolder()
    const dir = await storeLongRun(results.path, isBroken)
    const columns = path.join(dir, FILES.columns)
    const byText = await judgeRun(dir)
    const { ino } = fs.statSync(columns)
    const byColumns = await judgeRun(dir)
    expect(fs.statSync(columns).ino).toBe(ino)
    const linearizability = byText.verdict.verdicts.find(({ checker }) => checker === 'linearizability')
    expect(linearizability?.status).toBe(isBroken ? 'invalid' : 'valid')
    expect(byColumns.verdict).toEqual(byText.verdict)
  })

  it('whose columns are damaged has no verdict until they are deleted', async () => {
    using results = temporaryFolder()
    const dir = await storeLongRun(results.path, true)
    const columns = path.join(dir, FILES.columns)
    const { verdict } = await judgeRun(dir)
    const whole = fs.readFileSync(columns)
    whole.fill(0, 500_000, 600_000)
    fs.writeFileSync(columns, whole)
    await expect(judgeRun(dir)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(`${columns} is damaged`),
      exitCode: EXIT_CODES.harnessFailed,
    })
    fs.rmSync(columns)
    expect((await judgeRun(dir)).verdict).toEqual(verdict)
  })
})
