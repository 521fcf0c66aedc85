/** Both versions of cgroups on a fake file system: a folder with the files that the kernel would show. */
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CgroupPart } from '../../api/cgroup.ts'
import type { UndoEntry } from '../../api/journal.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { disableControllers } from './removal.ts'
import type { Delegation } from './systemd.ts'
import { cgroupsV1 } from './v1.ts'
import { cgroupsV2 } from './v2.ts'

const PARTS: readonly CgroupPart[] = ['freezer', 'memory', 'cpu', 'io']

let folder: ReturnType<typeof temporaryFolder>
let journal: UndoEntry[]
beforeEach(() => {
  folder = temporaryFolder()
  journal = []
})
afterEach(() => folder[Symbol.dispose]())

const at = (...names: readonly string[]): string => path.join(folder.path, ...names)

/** Makes a group with these files. */
const make = (group: string, files: Readonly<Record<string, string | number>>): string => {
  fs.mkdirSync(at(group), { recursive: true })
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(at(group, name), `${content}\n`)
  return at(group)
}

const read = (directory: string, file: string): string =>
  fs.readFileSync(path.join(directory, file), 'latin1').trim()

const recorder = { record: (entry: UndoEntry) => void journal.push(entry) }

const LIMIT = { operationsPerSecond: 20, bytesPerSecond: null }
const NO_LIMIT = { operationsPerSecond: null, bytesPerSecond: null }

describe('version 1', () => {
  const makeHierarchies = (): void => {
    make('freezer', { 'cgroup.procs': '' })
    make('memory', { 'memory.limit_in_bytes': 0 })
    make('cpu', { 'cpu.cfs_quota_us': -1 })
    make('blkio', { 'blkio.throttle.write_iops_device': '' })
  }

  it('has the parts whose hierarchies are mounted', () => {
    make('memory', { 'memory.limit_in_bytes': 0 })
    const v1 = cgroupsV1(folder.path)
    expect(PARTS.map((part) => v1.whyNot(part))).toEqual([
      'there is no writable cgroup v1 hierarchy for freezer',
      null,
      'there is no writable cgroup v1 hierarchy for cpu',
      'there is no writable cgroup v1 hierarchy for blkio',
    ])
  })

  it('makes one group in each hierarchy, journalled first', () => {
    makeHierarchies()
    const groups = cgroupsV1(folder.path).create(
      'n1',
      {
        record: (entry) => {
          expect(fs.existsSync((entry as { path: string }).path)).toBe(false)
          journal.push(entry)
        },
      },
      PARTS,
    )
    expect(groups.directories).toEqual(['freezer', 'memory', 'cpu', 'blkio'].map((name) => at(name, 'n1')))
    expect(journal).toEqual(groups.directories.map((directory) => ({ kind: 'cgroup', path: directory })))
  })

  it('writes and reads the files of the kernel', () => {
    makeHierarchies()
    const { freezer, memory, cpu, io } = cgroupsV1(folder.path).create('n1', recorder, PARTS)
    make('freezer/n1', { 'freezer.state': 'THAWED' })
    make('memory/n1', {
      'memory.usage_in_bytes': 1000,
      'memory.failcnt': 3,
      'memory.oom_control': 'under_oom 0\noom_kill 2',
    })
    make('cpu/n1', { 'cpu.stat': 'nr_periods 9\nnr_throttled 4\nthrottled_time 5000000' })
    freezer?.freeze()
    expect(freezer?.isFrozen()).toBe(true)
    freezer?.thaw()
    expect(read(at('freezer/n1'), 'freezer.state')).toBe('THAWED')
    expect(memory?.limitToUsage(0.5)).toBe(1500)
    expect(read(at('memory/n1'), 'memory.limit_in_bytes')).toBe('1500')
    expect(memory?.limitToLeast()).toBeLessThan(1000)
    memory?.unlimit()
    expect(read(at('memory/n1'), 'memory.limit_in_bytes')).toBe('-1')
    expect(memory?.counts()).toEqual({ hits: 3, killed: 2 })
    cpu?.limit(0.05)
    expect(read(at('cpu/n1'), 'cpu.cfs_quota_us')).toBe('5000')
    cpu?.limit(null)
    expect(read(at('cpu/n1'), 'cpu.cfs_quota_us')).toBe('-1')
    expect(cpu?.counts()).toEqual({ periods: 4, throttledMs: 5 })
    io?.limit('8:0', LIMIT)
    expect(read(at('blkio/n1'), 'blkio.throttle.write_iops_device')).toBe('8:0 20')
    expect(read(at('blkio/n1'), 'blkio.throttle.read_bps_device')).toBe('8:0 0')
  })

  it("finds a container's groups", () => {
    makeHierarchies()
    const groups = new Map([
      ['memory', '/docker/c1'],
      ['cpu', '/docker/c1'],
    ])
    const { directories } = cgroupsV1(folder.path).of(groups, recorder, PARTS)
    expect(directories).toEqual([at('memory/docker/c1'), at('cpu/docker/c1')])
    expect(journal).toEqual([])
  })
})

const ALL = 'cpuset cpu io memory pids'

describe('version 2', () => {
  const open = (own: string, delegate: (() => Delegation) | null = null) =>
    cgroupsV2({ root: folder.path, own, delegate })
  const reasons = (own: string, delegate: (() => Delegation) | null = null): readonly (string | null)[] =>
    PARTS.map((part) => open(own, delegate).whyNot(part))
  /** A group other than the root of the hierarchy. */
  const makeGroup = (group: string, controllers: string, subtree: string, procs = ''): string =>
    make(group, {
      'cgroup.type': 'domain',
      'cgroup.controllers': controllers,
      'cgroup.subtree_control': subtree,
      'cgroup.procs': procs,
    })
  const makeRoot = (controllers: string, subtree = ''): string =>
    make('.', {
      'cgroup.controllers': controllers,
      'cgroup.subtree_control': subtree,
      'cgroup.procs': '1\n2',
    })
  const FILES = {
    'cgroup.freeze': 0,
    'cgroup.events': 'populated 1\nfrozen 0',
    'memory.current': 1000,
    'memory.max': 'max',
    'memory.high': 'max',
    'memory.swap.max': 'max',
    'memory.events': 'low 0\nhigh 0\nmax 7\noom 1\noom_kill 2',
    'cpu.max': 'max 100000',
    'cpu.stat': 'usage_usec 5\nnr_periods 9\nnr_throttled 4\nthrottled_usec 5000',
    'io.max': '',
  }

  it('is not there where it is not mounted', () => {
    expect(reasons('/')).toEqual(PARTS.map(() => 'cgroup v2 is not mounted'))
  })

  it('may be mounted beside version 1, with only a freezer', () => {
    make('unified', { 'cgroup.controllers': '', 'cgroup.subtree_control': '', 'cgroup.procs': '1' })
    const [freezer, memory] = reasons('/')
    expect(freezer).toBeNull()
    expect(memory).toContain('no memory controller')
  })

  it('makes groups in the root of the hierarchy, which may have processes of its own', () => {
    makeRoot(ALL, 'cpu')
    expect(reasons('/')).toEqual([null, null, null, null])
    make('n1', FILES)
    const { directories } = open('/').create('n1', recorder, PARTS)
    expect(directories).toEqual([at('n1')])
    expect(journal).toEqual([
      { kind: 'controllers', path: folder.path, names: ['memory', 'io'] },
      { kind: 'cgroup', path: at('n1') },
    ])
    expect(read(folder.path, 'cgroup.subtree_control')).toBe('+memory +io')
  })

  it('makes none in a group that has processes, unless its groups have the controllers already', () => {
    makeRoot(ALL)
    makeGroup('shell', ALL, '', '7')
    // Root can write everywhere, so the group above is made unusable by its missing list of processes.
    fs.rmSync(at('cgroup.procs'))
    const [freezer, memory] = reasons('/shell')
    expect(freezer).toBeNull()
    expect(memory).toContain(`${at('shell')} has other processes`)
    makeGroup('above', ALL, ALL, '')
    makeGroup('above/shell', ALL, '', '7')
    expect(reasons('/above/shell')).toEqual([null, null, null, null])
  })

  it('asks the service manager, if there is one, and tells why it refuses', () => {
    makeRoot(ALL, ALL)
    expect(reasons('/session', () => ({ why: 'no bus' }))).toEqual(PARTS.map(() => 'no bus'))
    const [freezer, memory, cpu, io] = reasons('/session', () => ({ controllers: ['cpu', 'memory'] }))
    expect([freezer, memory, cpu]).toEqual([null, null, null])
    expect(io).toContain('io controller')
    expect(open('/session', () => ({ controllers: [] })).create('n1', recorder, PARTS)).toEqual({
      directories: [],
    })
  })

  it('makes groups in the scope whose leaf this process is in, and leaves its controllers to the scope', () => {
    makeRoot(ALL, ALL)
    makeGroup('run.scope', ALL, '')
    makeGroup('run.scope/harness', '', '', '7')
    make('run.scope/n1', FILES)
    const ours = open('/run.scope/harness', () => ({ why: 'not asked' }))
    expect(PARTS.map((part) => ours.whyNot(part))).toEqual([null, null, null, null])
    expect(ours.create('n1', recorder, ['cpu']).directories).toEqual([at('run.scope/n1')])
    expect(journal).toEqual([{ kind: 'cgroup', path: at('run.scope/n1') }])
    expect(read(at('run.scope'), 'cgroup.subtree_control')).toBe('+cpu')
  })

  it('writes and reads the files of the kernel', () => {
    makeRoot(ALL, ALL)
    const n1 = make('n1', FILES)
    const { freezer, memory, cpu, io } = open('/').create('n1', recorder, PARTS)
    freezer?.freeze()
    expect(read(n1, 'cgroup.freeze')).toBe('1')
    expect(freezer?.isFrozen()).toBe(false)
    make('n1', { 'cgroup.events': 'populated 1\nfrozen 1' })
    expect(freezer?.isFrozen()).toBe(true)
    freezer?.thaw()
    expect(read(n1, 'cgroup.freeze')).toBe('0')
    expect(memory?.limitToUsage(0.5)).toBe(1500)
    expect([read(n1, 'memory.max'), read(n1, 'memory.swap.max')]).toEqual(['1500', 'max'])
    expect(memory?.limitToLeast()).toBe(1000)
    expect([read(n1, 'memory.max'), read(n1, 'memory.swap.max')]).toEqual(['1000', '0'])
    expect(read(n1, 'memory.high')).toBe('max')
    memory?.unlimit()
    expect([read(n1, 'memory.max'), read(n1, 'memory.swap.max')]).toEqual(['max', 'max'])
    expect(memory?.counts()).toEqual({ hits: 7, killed: 2 })
    cpu?.limit(0.05)
    expect(read(n1, 'cpu.max')).toBe('5000 100000')
    cpu?.limit(null)
    expect(read(n1, 'cpu.max')).toBe('max 100000')
    expect(cpu?.counts()).toEqual({ periods: 4, throttledMs: 5 })
    io?.limit('8:0', LIMIT)
    expect(read(n1, 'io.max')).toBe('8:0 rbps=max wbps=max riops=20 wiops=20')
    io?.limit('8:0', NO_LIMIT)
    expect(read(n1, 'io.max')).toBe('8:0 rbps=max wbps=max riops=max wiops=max')
    expect([memory, cpu, io].map((part) => part?.beside)).toEqual(Array(3).fill(at('n1/beside')))
  })

  it("makes only the group beside in a container's, journalled", () => {
    makeRoot(ALL, ALL)
    make('system.slice/docker-c1.scope', { ...FILES, 'cgroup.procs': 7 })
    const groups = new Map([['', '/system.slice/docker-c1.scope']])
    const { directories, cpu } = open('/').of(groups, recorder, PARTS)
    expect(directories).toEqual([at('system.slice/docker-c1.scope')])
    expect(journal).toEqual([{ kind: 'cgroup', path: cpu?.beside }])
  })

  it('takes controllers away again, unless groups of another run need them', () => {
    const root = makeRoot(ALL, 'cpu io memory')
    make('faultline-2-n1', {})
    disableControllers(root, ['memory', 'io'])
    expect(read(root, 'cgroup.subtree_control')).toBe('cpu io memory')
    fs.rmSync(at('faultline-2-n1'), { recursive: true })
    disableControllers(root, ['memory', 'io', 'pids'])
    expect(read(root, 'cgroup.subtree_control')).toBe('-memory -io')
  })
})
