/** What is asked of a server, and what its answer means: a runner whose session notes the statements and answers from a list. */
import { expect, it } from 'vitest'
import type { Session } from './connect.ts'
import { actOnCounter, actOnLock } from './objects.ts'
import { type PostgresOptions, postgresOptions } from './options.ts'
import { Runner } from './runner.ts'

const DEFAULTS = Object.fromEntries(
  Object.entries(postgresOptions).map(([name, spec]) => [name, spec.default]),
) as PostgresOptions

const runnerOf = (options: Partial<PostgresOptions>, answers: readonly unknown[] = []) => {
  const asked: string[] = []
  const session = {
    node: 'n1',
    ask: async (text: string) => {
      const answer = answers[asked.push(text) - 1]
      return { command: '', rows: answer === undefined ? [] : [{ answer }] }
    },
  } as unknown as Session
  const run = new Runner(
    { session: async () => session },
    { ...DEFAULTS, ...options },
    new AbortController().signal,
  )
  return { run, asked }
}

const acquire = { f: 'acquire', value: { key: 3, owner: 8 } }

it('takes a lock where it was: whoever updates no row has not got it', async () => {
  const taken = runnerOf({ claim: 'place' }, [undefined, 5])
  expect(await actOnLock(taken.run, acquire)).toEqual({ done: true, token: 5 })
  expect(taken.asked[0]).toContain('DO NOTHING')
  expect(taken.asked[1]).toMatch(
    /^UPDATE lock .* WHERE ctid = \(SELECT ctid FROM lock WHERE .* owner IS NULL\)/,
  )
  const refused = runnerOf({ claim: 'place' })
  expect(await actOnLock(refused.run, acquire)).toEqual({ done: false })
})

it('leaves a lock as it is if its owner does not hold it', async () => {
  const release = { f: 'release', value: acquire.value }
  const { run, asked } = runnerOf({ claim: 'place' })
  expect(await actOnLock(run, release)).toEqual({ done: false })
  expect(asked).toEqual([expect.stringMatching(/^UPDATE lock SET owner = NULL WHERE .* owner = \$2/)])
  expect(await actOnLock(runnerOf({ claim: 'place' }, [true]).run, release)).toEqual({ done: true })
})

it('takes a lock by a function that locks its row, unless told otherwise', async () => {
  const { run, asked } = runnerOf({}, [null])
  expect(await actOnLock(run, acquire)).toEqual({ done: false })
  expect(asked).toEqual(['SELECT to_json(lock_acquire($1, $2)) AS answer'])
})

it.each([
  ['on-conflict', /^INSERT INTO counter .* ON CONFLICT/],
  ['merge', /^MERGE INTO counter .* WHEN NOT MATCHED THEN INSERT/],
] as const)('adds to a counter by %s', async (upsert, statement) => {
  const { run, asked } = runnerOf({ upsert })
  const add = { f: 'add', value: { key: 1, delta: 2 } }
  expect(await actOnCounter(run, add)).toEqual(add.value)
  expect(asked).toHaveLength(1)
  expect(asked[0]).toMatch(statement)
})
