/** A history that is judged while another thread reads it is the one that a single thread reads. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Operation } from '../api/history.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { HistoryAlong } from '../history/along.ts'
import { CHUNK } from '../history/chunk.ts'
import type { History, HistoryBuilder } from '../history/columns.ts'
import { decodeAny } from '../history/decode.ts'
import { encodeOperation } from '../history/jsonl.ts'
import { UserError } from '../support/assert.ts'
import { rngFromSeed } from '../support/random.ts'
import { temporaryFolder } from '../testing/command.ts'
import { plain } from '../testing/decoded.ts'
import { asWritten, longHistory } from '../testing/long-history.ts'
import { REGISTER } from '../vocabularies/register.ts'
import { findHistory } from './history-file.ts'
import { ScanThread } from './scan-thread.ts'
import { SpillFile } from './spill-file.ts'

/** Takes any value but one. */
const MISFIT = 'does not fit'
const ANY: Vocabulary = {
  ...REGISTER,
  calls: Object.fromEntries(
    ['read', 'write'].map((f) => {
      const schema = z.unknown().refine((value) => value !== MISFIT)
      return [f, { value: schema, ok: schema, changes: () => f === 'write' }]
    }),
  ),
}

interface Read extends History {
  readonly notes: readonly string[]
}

const alone = (file: string, vocabulary: Vocabulary): Read =>
  decodeAny(findHistory(file), vocabulary, 'jepsen')

/** @param take what is done with it while it is read */
const along = async (
  file: string,
  vocabulary: Vocabulary,
  take: (history: History) => void,
): Promise<readonly string[]> => {
  const { name } = findHistory(file)
  await using thread = new ScanThread(file, name)
  const history = new HistoryAlong(thread, { name, vocabulary, makeSpill: () => new SpillFile() })
  take(history)
  return history.finish()
}

const messageFrom = async (work: () => unknown): Promise<string> => {
  try {
    await work()
    return 'no error'
  } catch (error) {
    return error instanceof UserError ? error.message : `no UserError: ${error}`
  }
}

const withFile = async <T>(
  lines: readonly string[],
  test: (file: string) => Promise<T>,
  ending = '\n',
): Promise<T> => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, 'history.jsonl')
  fs.writeFileSync(file, `${lines.join('\n')}${ending}`)
  return await test(file)
}

const lineOf = (operation: Operation): string => encodeOperation(asWritten(operation)).trimEnd()
const LINES = longHistory(3 * CHUNK + 17).map(lineOf)

const pairsOf = ({ pairs }: History): readonly unknown[] =>
  pairs.map(({ invocation, completion }) => [invocation.index, completion?.index ?? null, completion?.value])

describe('a history that another thread reads', () => {
  it('has the same operations and pairs, whoever asks first', async () => {
    await withFile(LINES, async (file) => {
      const whole = alone(file, ANY)
      const [operations, pairs] = [plain(whole.history), pairsOf(whole)]
      const ways: readonly ((history: History) => void)[] = [
        (history) => expect(plain(history.history)).toEqual(operations),
        (history) => expect(pairsOf(history)).toEqual(pairs),
        (history) => expect(history.pairs.length).toBe(pairs.length),
        (history) => expect(history.history.at(-1)?.index).toBe(operations.at(-1)?.index),
        (history) => expect(history.pairs.at(pairs.length)).toBeUndefined(),
      ]
      for (const way of ways) await along(file, ANY, way)
      await along(file, ANY, (history) => {
        for (const way of ways.toReversed()) way(history)
      })
    })
  })

  it('has values of any length', async () => {
    const value = 'x'.repeat(2 ** 20)
    const operation = (index: number): Operation => ({
      ...{ index, timeNs: index, process: 0, type: index % 2 === 0 ? 'invoke' : 'ok', f: 'read' },
      value: index % 3 === 0 ? `${value}${index}` : index,
    })
    const operations = Array.from({ length: 40 }, (_, index) => operation(index))
    await withFile(operations.map(lineOf), (file) =>
      along(file, ANY, ({ history }) => expect(plain(history)).toEqual(operations)),
    )
  })

  it('is taken while most of it is not read', async () => {
    let chunks = 0
    await withFile(LINES, async (file) => {
      const name = 'history.jsonl'
      await using thread = new ScanThread(file, name)
      const counted = {
        atMost: thread.atMost,
        notes: thread.notes,
        written: thread.written,
        next: (to: HistoryBuilder) => {
          chunks++
          return thread.next(to)
        },
      }
      const { pairs } = new HistoryAlong(counted, { name, vocabulary: ANY })
      // The first pair stays open nearly all the time.
      expect(pairs.at(1)?.completion?.index).toBeLessThan(CHUNK)
      expect(chunks).toBe(1)
      expect(pairs.atMost).toBeGreaterThanOrEqual(pairs.length)
    })
  })

  it('that is torn at its end says so', async () => {
    const notes = await withFile(
      [...LINES, '{"index":2,"timeNs":2,"proc'],
      (file) => along(file, ANY, () => {}),
      '',
    )
    expect(notes.join()).toMatch(/torn/)
  })

  it('that is not there is an error', () => {
    expect(() => new ScanThread('/nowhere/history.jsonl', 'history.jsonl')).toThrow(/ENOENT/)
  })
})

const line = (index: number, type: string, f: string, value: unknown): string =>
  JSON.stringify({ index, timeNs: index, process: 0, type, f, value })

const WRITE = { key: 1, value: 2 }
const GOOD = [line(0, 'invoke', 'write', WRITE), line(1, 'ok', 'write', WRITE)]

/** Both ways, the second after all pairs were taken. */
const messages = (lines: readonly string[], vocabulary: Vocabulary): Promise<readonly string[]> =>
  withFile(lines, (file) =>
    Promise.all([
      messageFrom(() => alone(file, vocabulary)),
      messageFrom(() =>
        along(file, vocabulary, ({ pairs }) => pairs.filter(({ completion }) => completion === null)),
      ),
      messageFrom(() => along(file, vocabulary, () => {})),
    ]),
  )

describe('the error of a history that another thread reads is that of one thread', () => {
  it.each([
    ['an operation that is no call', [...GOOD, line(2, 'invoke', 'remove', 1)]],
    ['a value of another kind', [line(0, 'invoke', 'write', 'x'), line(1, 'ok', 'write', WRITE)]],
    ['an answer of another kind', [GOOD[0] as string, line(1, 'ok', 'write', 7)]],
    ['a misfit before a broken rule', [line(0, 'invoke', 'write', 'x'), line(0, 'ok', 'write', WRITE)]],
    [
      'a broken rule before a misfit',
      [...GOOD, line(1, 'invoke', 'read', { key: 1 }), line(3, 'ok', 'x', 1)],
    ],
    ['a line that is no operation', [...GOOD, '{"index":2}']],
    ['a line that is no JSON', [...GOOD, '{"index', ...GOOD]],
    [
      'a process that was used after info',
      [GOOD[0] as string, line(1, 'info', 'write', WRITE), line(2, 'invoke', 'write', WRITE)],
    ],
  ])('with %s', async (_, lines) => {
    const [expected, ...others] = await messages(lines, REGISTER)
    expect(expected).toMatch(/operation|line/)
    expect(new Set(others)).toEqual(new Set([expected]))
  })

  const rng = rngFromSeed(5)
  /** What makes a line wrong. */
  const WRONG: readonly ((text: string) => string)[] = [
    (text) => JSON.stringify({ ...JSON.parse(text), value: MISFIT }),
    (text) => JSON.stringify({ ...JSON.parse(text), index: 0 }),
    (text) => JSON.stringify({ ...JSON.parse(text), f: 'other' }),
    () => 'no JSON',
  ]
  const wrong = (places: number, within: number): readonly string[] => {
    const lines = [...LINES]
    const from = rng.int(LINES.length - within)
    for (let i = 0; i < places; i++) {
      const at = from + rng.int(within)
      const make = WRONG[rng.int(WRONG.length)] as (text: string) => string
      lines[at] = make(LINES[at] as string)
    }
    return lines
  }
  it.each([1, 2, 3])('with some wrong lines, by chance (%s)', async () => {
    for (const [places, within] of [
      [2, 5],
      [3, 30],
      [3, 2 * CHUNK],
    ] as const) {
      const [expected, ...others] = await messages(wrong(places, within), ANY)
      expect(new Set(others)).toEqual(new Set([expected]))
    }
  })
})
