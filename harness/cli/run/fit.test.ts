/** Whether a history fits, found out on another thread. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeAny, decodeUnchecked } from '../../history/decode.ts'
import { findHistory } from '../../store/history-file.ts'
import { UserError } from '../../support/assert.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { REGISTER } from '../../vocabularies/register.ts'
import { Fit } from './fit.ts'

const line = (index: number, type: string, f: string, value: unknown): string =>
  JSON.stringify({ index, timeNs: index, process: 0, type, f, value })

const WRITE = { key: 1, value: 2 }
const GOOD = [line(0, 'invoke', 'write', WRITE), line(1, 'ok', 'write', WRITE)]

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

const guarded = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  await using fit = new Fit({ file, workload: 'register' })
  return await fit.guard(work)
}

describe('what was done with a history while it was looked at', () => {
  it('is returned if the history fits', async () => {
    expect(await withFile(GOOD, (file) => guarded(file, async () => 'judged'))).toBe('judged')
  })

  it('counts if it failed, and the history fits', async () => {
    const failing = (file: string) => guarded(file, () => Promise.reject(new UserError('no room')))
    expect(await messageFrom(() => withFile(GOOD, failing))).toBe('no room')
  })

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
  ])('is worth nothing with %s, and the error is that of one thread', async (_, lines) => {
    await withFile(lines, async (file) => {
      const alone = await messageFrom(() => decodeAny(findHistory(file), REGISTER, 'jepsen'))
      const beside = await messageFrom(() => guarded(file, async () => decodeUnchecked(findHistory(file))))
      expect(beside).toBe(alone)
      expect(alone).toMatch(/operation|line/)
    })
  })

  it('is as good with a last line that was torn as without it', async () => {
    const torn = [...GOOD, '{"index":2,"timeNs":2,"proc']
    const notes = await withFile(
      torn,
      (file) => guarded(file, async () => decodeUnchecked(findHistory(file)).notes),
      '',
    )
    expect(notes.join()).toMatch(/torn/)
  })
})
