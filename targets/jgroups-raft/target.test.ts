import { describe, expect, it } from 'vitest'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { statusFrom } from '../pysyncobj/control.ts'
import { jgroupsRaft } from './target.ts'
import { programsOf } from './versions.ts'

const OPTIONS = {
  version: '1.0.12',
  reads: 'log',
  'suspect-after': 2000,
  'resend-interval': 70,
  'stored-term': 'library',
} as const
const NODES = ['n1', 'n2'].map((name, at) => ({
  name,
  index: at + 1,
  address: `198.18.0.${at + 1}`,
  dataDir: `/data/${name}`,
}))

const launched = (reads: 'log' | 'local', storedTerm: 'library' | 'never-lower' = 'library') => {
  const [node] = NODES
  if (node === undefined) throw new Error('no node')
  const plan = {
    nodes: NODES,
    services: [],
    options: { ...OPTIONS, reads, 'stored-term': storedTerm },
    bug: null,
  }
  return jgroupsRaft.launch(node, plan, (name) => `/programs/${name}`)
}

describe('jgroups-raft', () => {
  it('has a stack with all members, its own name and its own log', () => {
    const stack = launched('log').files['stack.xml']
    expect(stack).toContain('initial_hosts="198.18.0.1[7800],198.18.0.2[7800]"')
    expect(stack).toContain('members="n1,n2" raft_id="n1" log_dir="/data/n1"')
    expect(stack).toContain('resend_interval="70"')
    expect(stack).toContain('FD_ALL3 timeout="2000" interval="500"')
  })

  it('has the log of the library, or ours', () => {
    expect(launched('log').files['stack.xml']).toContain(
      'log_class="org.jgroups.protocols.raft.FileBasedLog"',
    )
    expect(launched('log', 'never-lower').files['stack.xml']).toContain('log_class="Server$TermKeepingLog"')
  })

  it('compiles our server against the jars of the version before the first start, and starts it with them', () => {
    const { steps, processes } = launched('local')
    const compile = steps?.firstStart?.[0]?.argv ?? []
    expect(compile).toEqual(
      expect.arrayContaining(['-cp', '/programs/jgroups-raft/*', '-d', '/data/n1/classes']),
    )
    const argv = processes[0]?.argv ?? []
    expect(argv).toContain('/programs/jgroups-raft/*:/data/n1/classes')
    expect(argv.slice(-6)).toEqual(['Server', 'n1', '198.18.0.1', '7001', '/data/n1/stack.xml', 'local'])
  })

  it('claims less of local reads, and no survival of a power loss', () => {
    const log = jgroupsRaft.claims(OPTIONS, REGISTER)
    const local = jgroupsRaft.claims({ ...OPTIONS, reads: 'local' }, REGISTER)
    expect(log.consistency.register).toBe('linearizable')
    expect(local.consistency.register).toMatchObject({ read: 'consistent-prefix', cas: 'linearizable' })
    expect([log.minority, local.minority]).toEqual(['refuse', 'serve-reads'])
    expect(log.tolerates).not.toHaveProperty('power-loss')
  })

  it('comes from Maven in any version, and a pinned one with a checksum', () => {
    expect(programsOf('1.0.12')['jgroups-raft']).toMatchObject({
      artifacts: ['org.jgroups:jgroups-raft:1.0.12.Final'],
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(programsOf('1.0.14')['jgroups-raft']).not.toHaveProperty('sha256')
  })

  it.each(['0.5.4', '1.0', '1.0.12.Final', 'latest', ''])('%s cannot be had', (version) =>
    expect(() => programsOf(version)).toThrow(/Pinned are 1\.0\.12, 1\.0\.13, 1\.1\.4/),
  )
})

describe('a status', () => {
  const told = {
    role: 'follower',
    term: 3,
    leader: null,
    last_applied: 12,
    commit_index: 11,
    applied: 9,
    digest: 'ab',
    earlier: { 9: 'ab' },
  }
  it('has digests by the number of commands, not by the place in the log', () =>
    expect(statusFrom(told)).toMatchObject({ term: 3, commitIndex: 11, digest: 'ab', digestAt: 9 }))

  it('is none if something is missing or of another type', () => {
    expect(() => statusFrom({})).toThrow()
    expect(() => statusFrom({ ...told, term: '3' })).toThrow()
  })
})
