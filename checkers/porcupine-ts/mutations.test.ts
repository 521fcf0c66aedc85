/**
 * Does the oracle find errors? Each rule that keeps the engines fast is broken on purpose in a copy of the package, and
 * the oracle has to notice.
 */
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mutations } from './testing/mutations.ts'

/** Not 1, the code of a copy that does not even load. */
const NOTICED_CODE = 3

/** Guards against hanging only: a loaded machine takes its time. */
const HANG_TIMEOUT_MS = 600_000

/** Larger histories a kind: what only those show, they show soon. */
const LARGER = 400

const HUNT = `
const NOTICED = ${NOTICED_CODE}
import { budgetOf, check } from './check.ts'
import { subHistory } from './evidence/sub-history.ts'
import { determinize, isNondeterministic } from './general/determinize.ts'
import { isStuck } from './general/stuck.ts'
import { partsOfOperations } from './history/operations.ts'
import { bruteForce } from './testing/brute-force.ts'
import { largerSubjects } from './testing/larger.ts'
import { regressions } from './testing/regressions.ts'
import { subjects } from './testing/specimens.ts'
import { casRegister } from './models/register.ts'
// An engine that fails one of its own assertions has noticed too.
const ask = (model, operations) => {
  try { return check(model, operations).verdict } catch { return 'error' }
}
for (const { verdict, operations } of regressions)
  if (ask(casRegister(null), operations) !== verdict) process.exit(NOTICED)
const answer = (model, operations) => {
  try { return check(model, operations, { timeMs: 200 }) } catch { return { verdict: 'error' } }
}
// The verdict, and that the prefix proves it.
const isRight = (model, operations) => {
  try {
    const result = check(model, operations)
    if (bruteForce(model, operations)) return result.verdict === 'ok'
    return result.verdict === 'illegal' && !bruteForce(model, subHistory(operations, result, result.prefix))
  } catch {
    return false
  }
}
const huntSmall = (from, end) => {
  for (const { model, history } of subjects)
    for (let seed = from; seed < end; seed++) {
      const operations = history(seed)
      if (!isRight(model, operations)) process.exit(NOTICED)
    }
}
const huntLarger = (from, end) => {
  for (const { model, history } of largerSubjects)
    for (let seed = from; seed < end; seed++) {
      const operations = history(seed)
      const special = answer(model, operations)
      const searched = answer({ ...model, specialised: undefined }, operations)
      if (searched.verdict === 'unknown') continue
      if (special.verdict !== searched.verdict || String(special.prefix) !== String(searched.prefix)) process.exit(NOTICED)
    }
}
const huntStuck = (from, end) => {
  for (const { model: given, history } of subjects) {
    const { partition, specialised, ...model } = isNondeterministic(given) ? determinize(given) : given
    for (let seed = from; seed < end; seed++) {
      const operations = history(seed)
      if (!bruteForce(model, operations)) continue
      const [part] = partsOfOperations(model, operations)
      for (let i = 0; i < part.count; i++)
        if (part.return[i] < Infinity && isStuck(model, part, i, budgetOf({}))) process.exit(NOTICED)
    }
  }
}
// A little of everything first: most that is broken shows soon.
const ROUNDS = [0, 0.01, 0.1, 1]
for (const [round, share] of ROUNDS.entries()) {
  const before = ROUNDS[round - 1] ?? 0
  huntSmall(2000 * before, 2000 * share)
  huntLarger(${LARGER} * before, ${LARGER} * share)
  huntStuck(400 * before, 400 * share)
}
huntSmall(2000, 20000)
`

const run = promisify(execFile)

describe('a broken rule is noticed:', () => {
  let folder = ''

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'porcupine-mutation-'))
  })
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }), 120_000)

  it.concurrent.each(mutations)('%s', { timeout: 2 * HANG_TIMEOUT_MS }, async (rule, file, from, to) => {
    const copy = path.join(folder, rule.replaceAll(' ', '-'))
    fs.cpSync(import.meta.dirname, copy, { recursive: true })
    const target = path.join(copy, file)
    const text = fs.readFileSync(target, 'utf8')
    expect(text, 'the text to change is there').toContain(from)
    fs.writeFileSync(target, text.replace(from, to))
    fs.writeFileSync(path.join(copy, 'hunt.ts'), HUNT)
    const failed = await run(process.execPath, [path.join(copy, 'hunt.ts')], {
      timeout: HANG_TIMEOUT_MS,
    }).then(
      () => false,
      (error: { code?: unknown }) => error.code === NOTICED_CODE,
    )
    fs.rmSync(copy, { recursive: true, force: true })
    expect(failed).toBe(true)
  })
})
