/** What `check` assumes and is told, of a history from elsewhere. */
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
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

const judge = async (name: string, text: string | Buffer, settings: Partial<CheckSettings>) => {
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

/** So many that a thread looks at them, unless they are compressed. */
const LONG_BYTES = 2 ** 24 + 1

const longHistory = (): string => {
  const lines: string[] = []
  for (let bytes = 0; bytes < LONG_BYTES; ) {
    const index = lines.length
    const [type, value] = [index % 2 === 0 ? 'invoke' : 'ok', { key: 0, value: index >> 1 }]
    const line = JSON.stringify({ index, timeNs: index, process: 0, type, f: 'write', value })
    lines.push(line)
    bytes += line.length + 1
  }
  return `${lines.join('\n')}\n`
}

describe('a long history', () => {
  it('is judged as it is on one thread', async () => {
    const text = longHistory()
    const [long, compressed] = [
      await judge('h.jsonl', text, {}),
      await judge('h.jsonl.gz', zlib.gzipSync(text), {}),
    ]
    expect(long.status).toBe('valid')
    expect(long).toEqual(compressed)
  }, 60_000)

  it('that does not fit at its end is refused', async () => {
    const misfit = JSON.stringify({
      index: 1e7,
      timeNs: 1e7,
      process: 0,
      type: 'invoke',
      f: 'write',
      value: 'x',
    })
    await expect(judge('h.jsonl', `${longHistory()}${misfit}\n`, {})).rejects.toThrow(
      /operation 10000000.*write/,
    )
  }, 60_000)
})
