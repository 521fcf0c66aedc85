/**
 * Is the oracle worth its name? Each rule that keeps the engines fast is broken on purpose in a copy of the package,
 * and the oracle has to notice.
 */
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const SEARCH = 'general/search.ts'
const REGISTER = 'specialised/register.ts'
const BLOCKS = 'specialised/blocks.ts'
const LOCK = 'specialised/lock.ts'
const QUEUE = 'specialised/queue.ts'
const MISMATCHES = 'specialised/mismatches.ts'

/** What is broken, in which file, from which text to which. */
const mutations: readonly (readonly [rule: string, file: string, from: string, to: string])[] = [
  [
    'a chain at one event is told from what stood before',
    SEARCH,
    'if (at > start) this.#frames[base + FRESH] = 0',
    '',
  ],
  [
    'what was seen is no longer fresh',
    SEARCH,
    'this.#set(base, 0, slot)\n    this.#frames[base + FRESH] = 0',
    'this.#set(base, 0, slot)',
  ],
  [
    'only overwriting operations are absorbed',
    SEARCH,
    '(this.#blind[word] as number) &',
    '(this.#writers[word] as number) &',
  ],
  [
    'only open operations are absorbed',
    SEARCH,
    'this.#blind[word] = (this.#blind[word] as number) & others',
    '',
  ],
  [
    'a pending write of the same value may hide others',
    SEARCH,
    '&& after === state && !absorbed',
    '&& after === state',
  ],
  [
    'a slot is clean for its next holder',
    SEARCH,
    'this.#clear(base, this.#words, slot)\n        this.#leave(slot)',
    'this.#leave(slot)',
  ],
  ['the memo knows states apart', SEARCH, 'row[1] = this.#frames[base + STATE] as number', 'row[1] = 0'],
  ['the memo knows events apart', SEARCH, 'row[0] = this.#frames[base + EVENT] as number', 'row[0] = 0'],
  [
    'the better one is kept, not the worse one',
    'general/memo.ts',
    'if (this.#bearsAllOf(row, this.#keyWidth, this.#rows, base))',
    'if (this.#bearsAllOf(this.#rows, base, row, this.#keyWidth))',
  ],
  ['what is absorbed is no burden', SEARCH, '& ~done & ~(', '& ~done & ('],
  ['the memo knows what was used', SEARCH, 'row[2 + 2 * words + i] =', 'row[2 + 2 * words + i] = 0 *'],
  ['the memo knows bits apart', SEARCH, 'row[2 + i] = done & writers', 'row[2 + i] = 0'],
  [
    'nothing is used before its call',
    SEARCH,
    '(pendingFrom[index] as number) < (this.#frames[base + EVENT] as number)',
    'true',
  ],
  ['going back closes what was not yet called', SEARCH, 'else this.#leave(slot)\n    }', '}'],
  [
    'an operation that changes nothing may wait',
    SEARCH,
    'if (this.#isSet(child, 0, needed)) this.#advance(child)',
    'if (!this.#isSet(child, 0, needed)) return false\n    this.#advance(child)',
  ],
  [
    'calls come before returns at one time',
    'general/compile.ts',
    '(part.return[returning[next] as number] as number) < (call[i] as number)',
    '(part.return[returning[next] as number] as number) <= (call[i] as number)',
  ],
  ['forward blocks do not overlap', BLOCKS, 'return { conflict: [before, after] }', 'continue'],
  ['nothing stands within a forward block', BLOCKS, 'return { conflict: [around, block] }', ''],
  ['chains keep their order', REGISTER, 'throw new Illegal(chainUpTo(clusters, root, code))', ''],
  ['reads come after their write', REGISTER, 'throw new Illegal([value])', ''],
  [
    'no two compare-and-sets replace one value',
    REGISTER,
    'if (next[expected] !== NONE) throw',
    'if (next[expected] !== NONE && next[expected] === NONE) throw',
  ],
  [
    'a value is written once',
    REGISTER,
    "if (writer[value] !== NONE) throw new Declined('a value is written twice')",
    '',
  ],
  ['what nobody saw need not have happened', REGISTER, '(kind === NOT || isPending(log, i))', 'kind === NOT'],
  ['rings are found', REGISTER, 'if (members > 0)', 'if (members > 1e9)'],
  ['sections exclude each other', LOCK, "if (!('conflict' in order))", 'if (order !== null)'],
  [
    'a section that never ends lets no other follow',
    LOCK,
    'release === null ? Number.POSITIVE_INFINITY',
    'release === null ? Number.NEGATIVE_INFINITY',
  ],
  ['nobody releases what he does not hold', LOCK, 'wrong ??= illegal([i])', 'wrong ??= null'],
  [
    'sections follow their tokens',
    LOCK,
    '(first[i] as number) < (last[latest] as number)',
    '(first[i] as number) < Number.NEGATIVE_INFINITY',
  ],
  ['no token comes twice', LOCK, 'if (repeats)', 'if (repeats && latest < 0)'],
  [
    'a value comes out once',
    'models/queue-log.ts',
    'if (again !== null)',
    'if (again !== null && again.position < 0)',
  ],
  ['a queue keeps its order', QUEUE, 'findOvertaking(log, values) ??', ''],
  ['of those before, the last to come out counts', QUEUE, '> takenFrom(log, last)', '< takenFrom(log, last)'],
  ['a queue with something in it is not empty', QUEUE, 'findNeverEmpty(log, values) ??', ''],
  ['spans that touch are one', QUEUE, 'start < current.to', 'start > current.to'],
  ['values come from a put', QUEUE, 'findStranger(log) ??', ''],
  ['mismatches find another value', MISMATCHES, 'place = order.below[expected] as number', ''],
  [
    'mismatches keep their own order',
    MISMATCHES,
    'let place = Math.max(\n      floor,',
    'let place = Math.max(\n      0,',
  ],
  ['mismatches return in time', MISMATCHES, 'if (place > highest) return false', ''],
]

/** Not 1: a copy that does not even load has shown nothing. */
const NOTICED_CODE = 3

const HUNT = `
const NOTICED = ${NOTICED_CODE}
import { check } from './check.ts'
import { bruteForce } from './testing/brute-force.ts'
import { regressions } from './testing/regressions.ts'
import { subjects } from './testing/specimens.ts'
import { casRegister } from './models/register.ts'
// An engine that fails an assertion of its own has noticed too.
const ask = (model, operations) => {
  try { return check(model, operations).verdict } catch { return 'error' }
}
for (const { verdict, operations } of regressions)
  if (ask(casRegister(null), operations) !== verdict) process.exit(NOTICED)
for (const { model, history } of subjects)
  for (let seed = 0; seed < 20000; seed++) {
    const operations = history(seed)
    if (ask(model, operations) !== (bruteForce(model, operations) ? 'ok' : 'illegal')) process.exit(NOTICED)
  }
`

const run = promisify(execFile)

describe('a broken rule is noticed:', () => {
  let folder = ''

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'porcupine-mutation-'))
  })
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

  it.concurrent.each(mutations)('%s', { timeout: 300_000 }, async (rule, file, from, to) => {
    const copy = path.join(folder, rule.replaceAll(' ', '-'))
    fs.cpSync(import.meta.dirname, copy, { recursive: true })
    const target = path.join(copy, file)
    const text = fs.readFileSync(target, 'utf8')
    expect(text, 'the text to change is there').toContain(from)
    fs.writeFileSync(target, text.replace(from, to))
    fs.writeFileSync(path.join(copy, 'hunt.ts'), HUNT)
    const failed = await run(process.execPath, [path.join(copy, 'hunt.ts')], { timeout: 280_000 }).then(
      () => false,
      (error: { code?: unknown }) => error.code === NOTICED_CODE,
    )
    expect(failed).toBe(true)
  })
})
