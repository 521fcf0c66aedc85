/** The log of a service is taken in step with the history. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/command.ts'
import { ServiceLog } from './service-log.ts'
import { readSources, writeSources } from './sources.ts'

describe('the log of a service', () => {
  it('is held back until the history has been read beyond the time at which it was read', () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'sink.jsonl')
    const log = new ServiceLog(file)
    const due = (historyNs: number, nowNs: number): readonly unknown[] => [...log.due(historyNs, () => nowNs)]
    fs.writeFileSync(file, '{"seq":1}\n')
    expect(due(5, 10)).toEqual([])
    fs.appendFileSync(file, '{"seq":2}\n')
    // The history may end with what was recorded at that very time, and something more of it may follow.
    expect(due(10, 20)).toEqual([])
    expect([...log.taken()]).toEqual([])
    expect(due(11, 30)).toEqual([{ seq: 1 }])
    expect([...log.taken()]).toEqual([{ seq: 1 }])
    expect(due(30, 40)).toEqual([])
    expect(due(31, 50)).toEqual([{ seq: 2 }])
    expect([...log.taken()]).toEqual([{ seq: 1 }, { seq: 2 }])
    expect(due(1000, 1000)).toEqual([])
  })

  it('may not be there yet, and may lose a torn last line', () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'sink.jsonl')
    const log = new ServiceLog(file)
    expect([...log.due(0, () => 1)]).toEqual([])
    fs.writeFileSync(file, '{"seq":1}\n{"seq":')
    expect([...log.due(2, () => 3)]).toEqual([])
    expect([...log.due(4, () => 5)]).toEqual([{ seq: 1 }])
    fs.writeFileSync(file, '{"seq":1}\n{"mode":"naive"}\n')
    expect([...log.due(6, () => 7)]).toEqual([])
    expect([...log.due(8, () => 9)]).toEqual([{ mode: 'naive' }])
  })
})

it('where services keep their logs is known once the run has begun', () => {
  using folder = temporaryFolder()
  expect(readSources(folder.path)).toBeNull()
  const sources = { startedNs: 2n ** 60n + 1n, services: { sink: '/somewhere/sink.jsonl' } }
  writeSources(folder.path, sources)
  expect(readSources(folder.path)).toEqual(sources)
})
