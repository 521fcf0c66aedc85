import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { claimsOf } from './claims.ts'
import type { HazelcastOptions } from './options.ts'
import { statusFrom } from './status.ts'
import { hazelcast } from './target.ts'
import { programsOf } from './versions.ts'

const OPTIONS: HazelcastOptions = {
  version: '5.6.0',
  'backup-count': 1,
  'fail-on-indeterminate': true,
  protection: 'off',
  merge: 'put-if-absent',
  reads: 'primary',
  sets: 'iset',
  counters: 'entry',
  locks: 'map',
  'suspect-after': 60_000,
  'merge-delay': 3000,
}
const NODES = ['n1', 'n2', 'n3'].map((name, at) => ({
  name,
  index: at + 1,
  address: `198.18.0.${at + 1}`,
  dataDir: `/data/${name}`,
}))

const launched = (changed: Partial<HazelcastOptions> = {}) => {
  const [node] = NODES
  if (node === undefined) throw new Error('no node')
  const plan = { nodes: NODES, services: [], options: { ...OPTIONS, ...changed }, bug: null }
  return hazelcast.launch(node, plan, (name) => `/programs/${name}`)
}
const configured = (changed: Partial<HazelcastOptions> = {}): string =>
  String(launched(changed).files['hazelcast.xml'])

describe('the configuration of a member', () => {
  it('names all members, and looks for nothing and nobody else', () => {
    const config = configured()
    for (const { address } of NODES) expect(config).toContain(`<member>${address}:5701</member>`)
    expect(config).toContain('<auto-detection enabled="false"/>')
    expect(config).toContain('<multicast enabled="false"/>')
    expect(config).toContain('<property name="hazelcast.phone.home.enabled">false</property>')
  })

  it('has protection by a majority of all members, for maps, queues and sets', () => {
    expect(configured()).not.toContain('split-brain-protection')
    const config = configured({ protection: 'majority' })
    expect(config).toContain('<minimum-cluster-size>2</minimum-cluster-size>')
    expect(config.match(/<split-brain-protection-ref>majority</g)).toHaveLength(7)
  })

  it('has times in whole seconds, of one at least', () => {
    const config = configured({ 'suspect-after': 2000, 'merge-delay': 100 })
    expect(config).toContain('<property name="hazelcast.max.no.heartbeat.seconds">2</property>')
    expect(config).toContain('<property name="hazelcast.merge.next.run.delay.seconds">1</property>')
  })

  it('has the chosen merge policy, copies and reads', () => {
    const config = configured({ merge: 'latest-update', 'backup-count': 2, reads: 'backup' })
    expect(config).toContain('>LatestUpdateMergePolicy<')
    expect(config).toContain('<backup-count>2</backup-count>')
    expect(config).toContain('<read-backup-data>true</read-backup-data>')
  })
})

describe('a member', () => {
  it('is our server, compiled against the jar of the version before the first start', () => {
    const { steps, processes } = launched({ sets: 'entry', counters: 'pn' })
    expect(steps?.firstStart?.[0]?.argv).toEqual(
      expect.arrayContaining(['-cp', '/programs/hazelcast/*', '-d', '/data/n1/classes']),
    )
    const argv = processes[0]?.argv ?? []
    expect(argv).toContain('/programs/hazelcast/*:/data/n1/classes')
    expect(argv.slice(-8)).toEqual([
      'Server',
      '198.18.0.1',
      '7001',
      '/data/n1/hazelcast.xml',
      '2',
      'entry',
      'pn',
      'map',
    ])
  })

  it('needs the sources of our server in a container, too', () => {
    const compile = launched().steps?.firstStart?.[0]?.argv ?? []
    expect(hazelcast.hostFiles?.filter((file) => fs.existsSync(file) && compile.includes(file))).toHaveLength(
      2,
    )
  })

  it('tells who is the oldest', () => {
    expect(statusFrom({ role: 'follower', leader: 'n2', members: ['n2', 'n1'] })).toEqual({
      role: 'follower',
      leader: 'n2',
    })
    expect(() => statusFrom({ role: 'follower' })).toThrow()
  })
})

describe('the claims', () => {
  it('are for a stable cluster, with slow members', () => {
    const claims = claimsOf(OPTIONS, REGISTER)
    expect(claims.consistency.register).toMatchObject({ read: 'linearizable', cas: 'linearizable' })
    expect(claims.tolerates).toEqual({ timing: 'any' })
    expect(claimsOf({ ...OPTIONS, 'suspect-after': 5000 }, REGISTER).tolerates).toEqual({})
    expect(claims.minority).toBe('serve-all')
    expect(claimsOf(OPTIONS, LOCK).consistency.lock).toBe('exclusive')
  })

  it('say of acknowledged changes that they outlast as many members as there are backups', () => {
    expect(claimsOf({ ...OPTIONS, 'backup-count': 2 }, SET).tolerates).toEqual({ timing: 'any', kill: 2 })
    expect(claimsOf({ ...OPTIONS, 'fail-on-indeterminate': false }, SET).tolerates).toEqual({ timing: 'any' })
  })

  it('say of PN counters that they converge after partitions, and not that they outlast their members', () =>
    expect(claimsOf({ ...OPTIONS, counters: 'pn' }, COUNTER).tolerates).toEqual({
      timing: 'any',
      partition: 'any',
      omission: 'any',
    }))

  it('say that reads of backups are old', () =>
    expect(claimsOf({ ...OPTIONS, reads: 'backup' }, REGISTER).consistency.register).toMatchObject({
      read: 'consistent-prefix',
    }))

  it('do not say what a minority does with protection, before it has noticed', () =>
    expect(claimsOf({ ...OPTIONS, protection: 'majority' }, REGISTER)).not.toHaveProperty('minority'))
})

it('comes from Maven in any version, and a pinned one with a checksum', () => {
  expect(programsOf('5.6.0').hazelcast).toMatchObject({
    artifacts: ['com.hazelcast:hazelcast:5.6.0'],
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(programsOf('5.3.8').hazelcast).not.toHaveProperty('sha256')
})

it.each(['4.2.8', '5.6', '5.6.0-SNAPSHOT', 'latest', ''])('%s cannot be had', (version) =>
  expect(() => programsOf(version)).toThrow(/Pinned are 5\.5\.0, 5\.6\.0/),
)
