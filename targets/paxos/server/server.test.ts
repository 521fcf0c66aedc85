import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { deviationsOf } from '../bugs/bugs.ts'
import { PaxosDisk } from '../simulation/disk.ts'
import { serverOf } from './server.ts'

const serverOn = (disk: PaxosDisk): ReturnType<typeof serverOf> =>
  serverOf({
    config: {
      id: 'n2',
      members: ['n1', 'n2', 'n3'],
      phase1: 2,
      phase2: 2,
      electionTicks: 10,
      heartbeatTicks: 2,
      maxEntriesPerMessage: 8,
      random: () => 0,
    },
    disk,
    send: () => {},
    log: () => {},
    compactEvery: 100,
    sink: null,
    deviations: deviationsOf(null),
  })

it('its status tells of a promise and of a leader only once the promise is on the disk', async () => {
  const disk = new PaxosDisk()
  const server = serverOn(disk)
  server.receive('n1', { type: 'accept', ballot: 4, entries: [], chosenTo: 0, round: 1 })
  expect(disk.read().promised).toBe(0)
  expect(server.status()).toMatchObject({ role: 'follower', term: 0, leader: null, ready: false })
  await setImmediate()
  expect(disk.read().promised).toBe(4)
  expect(server.status()).toMatchObject({ role: 'follower', term: 4, leader: 'n1', ready: true })
})
