import { describe, expect, it } from 'vitest'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { statusFrom } from './control.ts'
import { pysyncobj } from './target.ts'
import { programsOf } from './versions.ts'

const OPTIONS = { version: '0.3.16', reads: 'log', 'election-timeout': 200, compaction: 100 } as const

describe('PySyncObj', () => {
  it('is started with what its options say, and with the library of its version', () => {
    const nodes = ['n1', 'n2'].map((name, at) => ({
      name,
      index: at + 1,
      address: `198.18.0.${at + 1}`,
      dataDir: `/data/${name}`,
    }))
    const [node] = nodes
    if (node === undefined) throw new Error('no node')
    const plan = { nodes, services: [], options: OPTIONS, bug: null }
    const { processes } = pysyncobj.launch(node, plan, (name) => `/programs/${name}/pysyncobj/__init__.py`)
    const [started] = processes
    expect(started?.env.PYTHONPATH).toBe('/programs/pysyncobj')
    expect(JSON.parse(started?.argv[2] ?? '')).toMatchObject({
      name: 'n1',
      address: '198.18.0.1',
      members: { n1: '198.18.0.1', n2: '198.18.0.2' },
      folder: '/data/n1',
      reads: 'log',
      timeouts_ms: [200, 700],
      compaction: 100,
    })
  })

  it('claims less of local reads, and no survival of a power loss', () => {
    const log = pysyncobj.claims(OPTIONS, REGISTER)
    const local = pysyncobj.claims({ ...OPTIONS, reads: 'local' }, REGISTER)
    expect(log.consistency.register).toBe('linearizable')
    expect(local.consistency.register).toMatchObject({ read: 'consistent-prefix', cas: 'linearizable' })
    expect([log.minority, local.minority]).toEqual(['refuse', 'serve-reads'])
    expect(log.tolerates).not.toHaveProperty('power-loss')
  })

  it.each(['0.3.15', '0.3.17'])('%s comes from PyPI as sources with a checksum', (version) =>
    expect(programsOf(version).pysyncobj).toMatchObject({
      release: `pysyncobj==${version}`,
      sources: true,
      sha256: [expect.stringMatching(/^[0-9a-f]{64}$/)],
    }),
  )

  it.each(['0.2.4', '0.3.150', 'latest', ''])('%s cannot be had', (version) =>
    expect(() => programsOf(version)).toThrow(/version is one of .*0\.3\.17/),
  )
})

const TOLD = {
  role: 'leader',
  term: 3,
  leader: 'n1',
  last_applied: 12,
  commit_index: 13,
  version: '0.3.17',
  applied: 9,
  digest: 'ab',
  earlier: { 8: 'cd', 9: 'ab' },
}

describe('a status', () => {
  it('has digests by the number of commands, not by the place in the log', () =>
    expect(statusFrom(TOLD)).toEqual({
      role: 'leader',
      term: 3,
      leader: 'n1',
      appliedIndex: 12,
      commitIndex: 13,
      digest: 'ab',
      digestAt: 9,
      earlierDigests: { 8: 'cd', 9: 'ab' },
      version: '0.3.17',
    }))

  it('is of a member that knows nothing before its first tick', () =>
    expect(statusFrom({ role: 'unknown' })).toEqual({ role: 'unknown' }))

  it('is none if something is missing or of another type', () => {
    expect(() => statusFrom({})).toThrow()
    expect(() => statusFrom({ ...TOLD, term: '3' })).toThrow()
  })
})
