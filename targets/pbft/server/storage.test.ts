import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../harness/testing/command.ts'
import type { DurableRecord } from '../core/types.ts'
import { request } from '../testing/bench.ts'
import { Storage } from './storage.ts'

const VIEW: DurableRecord = { type: 'view', view: 3, isActive: false, newView: null }
const BATCH: DurableRecord = { type: 'requests', requests: [request(7)] }
const STABLE = { seq: 4, certificate: [], data: 'state' }

it('a replica finds what it had said, since its last stable checkpoint', () => {
  using folder = temporaryFolder()
  const first = new Storage(folder.path)
  expect(first.restored).toEqual({ stable: { seq: 0, certificate: [], data: null }, records: [] })
  first.persist([VIEW])
  first.persist([BATCH])
  const second = new Storage(folder.path)
  expect(second.restored.records).toMatchObject([VIEW, BATCH])
  second.replace({ stable: STABLE, records: [VIEW] })
  second.persist([BATCH])
  const { stable, records } = new Storage(folder.path).restored
  expect(stable).toEqual(STABLE)
  expect(records).toMatchObject([VIEW, BATCH])
})
