import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { deviationsOf } from '../bugs/bugs.ts'
import { PbftDisk } from '../simulation/disk.ts'
import { keys, said } from '../testing/bench.ts'
import { PbftServer } from './server.ts'

const serverOn = (disk: PbftDisk): PbftServer =>
  new PbftServer({
    config: {
      id: 'n3',
      members: ['n1', 'n2', 'n3', 'n4'],
      checkpointEvery: 8,
      windowSize: 16,
      maxBatch: 8,
      maxInFlight: 4,
      viewChangeTicks: 10,
      statusTicks: 5,
    },
    keys: keys.of('n3'),
    disk,
    send: () => {},
    log: () => {},
    deviations: deviationsOf(null),
  })

it('its status tells of a view only once the view is on the disk', async () => {
  const disk = new PbftDisk()
  const server = serverOn(disk)
  for (const replica of ['n1', 'n4']) {
    const body = { type: 'view-change', view: 1, stable: 0, checkpoint: [], prepared: [], replica } as const
    server.receive({ type: 'signed', signed: said(body) })
  }
  expect(disk.read().records).toEqual([])
  expect(server.status()).toMatchObject({ role: 'follower', term: 0, leader: 'n1' })
  await setImmediate()
  expect(disk.read().records).toContainEqual({ type: 'view', view: 1, isActive: false, newView: null })
  expect(server.status()).toMatchObject({ role: 'candidate', term: 1, leader: null, ready: false })
})
