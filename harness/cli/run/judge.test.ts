/** What `check` assumes and is told, of a history from elsewhere. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/command.ts'
import { judgePath } from './judge.ts'
import type { CheckSettings } from './settings.ts'

const STALE = [
  ['invoke', 0, [['w', 'x', 1]]],
  ['ok', 0, [['w', 'x', 1]]],
  ['invoke', 0, [['w', 'x', 2]]],
  ['ok', 0, [['w', 'x', 2]]],
  ['invoke', 1, [['r', 'x', null]]],
  ['ok', 1, [['r', 'x', 1]]],
]
  .map(([type, process, value], index) =>
    JSON.stringify({ index, timeNs: index * 1e6, process, type, f: 'txn', value }),
  )
  .join('\n')

const KNOSSOS = '{:process 0, :type :invoke, :f :read}\n{:process 0, :type :ok, :f :read, :value 0}\n'

const judge = async (name: string, text: string, settings: Partial<CheckSettings>) => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, name)
  fs.writeFileSync(file, text)
  const rest = {
    workload: 'register',
    workloadOpts: undefined,
    dialect: 'jepsen',
    expect: undefined,
  } as const
  return (await judgePath(file, { ...rest, pages: undefined, ...settings })).verdict
}

describe('a history from elsewhere', () => {
  it('is judged by the promise that --expect names', async () => {
    const workload = 'rw-register'
    const assumed = await judge('h.jsonl', STALE, { workload })
    expect(assumed.status).toBe('invalid')
    const asked = await judge('h.jsonl', STALE, { workload, expect: 'serializable' })
    expect(asked.status).toBe('valid')
    expect(asked.verdicts[0]?.promise).toMatchObject({
      text: 'txn: serializable',
      source: '--expect on the command line',
    })
  })

  it('is not judged by a promise that its vocabulary does not have', async () => {
    const asked = judge('h.jsonl', STALE, { workload: 'rw-register', expect: 'serialisable' })
    await expect(asked).rejects.toThrow(/promise for rw-register.*serialisable[\s\S]*serializable/)
  })

  it.each([
    [{}, ['Assumed: the value of a register that was never written is 0']],
    [{ workloadOpts: 'initial=0' }, []],
    [{ dialect: 'etcd' }, ['Assumed: the value of a register that was never written is null']],
  ] as const)('names in the verdict what it assumed, with %o', async (settings, expected) => {
    const { notes } = await judge('h.edn', KNOSSOS, settings)
    expect(notes).toHaveLength(expected.length)
    for (const [i, text] of expected.entries()) expect(notes[i]).toContain(text)
  })

  it.each([
    ['nil', 'valid', 'null'],
    ['3', 'invalid', '0'],
  ])(
    'after a compare-and-set from %s, which nobody wrote, it is %s, since it began with %s',
    async (from, status, initial) => {
      const cas = `{:process 0, :type :invoke, :f :cas, :value [${from} 1]}
{:process 0, :type :ok, :f :cas, :value [${from} 1]}\n`
      const note = expect.stringContaining(`never written is ${initial}`)
      expect(await judge('h.edn', cas, {})).toMatchObject({ status, notes: [note] })
    },
  )

  it('says in the verdict that it was cut off', async () => {
    const { notes } = await judge('h.jsonl', `${STALE}\n{"index":`, { workload: 'rw-register' })
    expect(notes.join()).toMatch(/was cut off: its last line is torn.*\.$/)
  })
})
