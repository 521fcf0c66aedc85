import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { deviationsOf } from '../bugs/bugs.ts'
import { Replica } from './replica.ts'
import { Storage } from './storage.ts'

it('its status tells of a term only once the term is on the disk', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-replica-'))
  onTestFinished(() => fs.rmSync(directory, { recursive: true }))
  const replica = new Replica({
    config: {
      id: 'n2',
      members: ['n1', 'n2', 'n3'],
      electionTicks: 10,
      heartbeatTicks: 2,
      maxEntriesPerAppend: 8,
      random: () => 0,
    },
    storage: new Storage(directory),
    send: () => {},
    log: () => {},
    compactEvery: 100,
    version: 2,
    sink: null,
    deviations: deviationsOf(null),
  })
  const heartbeat = { prevIndex: 0, prevTerm: 0, entries: [], commit: 0, round: 1 }
  replica.receive('n1', { type: 'append', term: 4, ...heartbeat })
  expect(replica.status()).toMatchObject({ term: 4, leader: 'n1' })
  expect(new Storage(directory).restored.hardState.term).toBe(4)
})
