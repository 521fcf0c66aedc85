/** The registry of environments: an environment takes part by being in it. */
import fs from 'node:fs'
import path from 'node:path'
import { execaSync } from 'execa'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { etcd } from '../../targets/etcd/target.ts'
import type { Environment, Finding, PrepareSpec } from '../api/environment.ts'
import type { Target } from '../api/target.ts'
import { doctorCommand } from '../cli/commands/doctor.ts'
import { prepareCommand } from '../cli/commands/prepare.ts'
import { RUN_SETTINGS } from '../cli/run/settings.ts'
import { buildRunSpec } from '../cli/run/spec.ts'
import { parseSettings } from '../cli/setting.ts'
import { PROJECT_ROOT } from '../testing/capabilities.ts'
import { preferredEnvironment } from './auto.ts'
import { docker } from './docker/environment.ts'
import { fakeEnvironment } from './fake/environment.ts'
import { fakeTarget } from './fake/register-target.ts'
import { environments } from './index.ts'
import { namespaces } from './namespaces/environment.ts'

const withImage: Target = { ...fakeTarget(), image: 'etcd' }
const bare: Target = fakeTarget()

/** An environment that nothing outside this file knows. */
const elsewhere = (parts: Partial<Environment> = {}): Environment => ({
  ...fakeEnvironment(),
  name: 'elsewhere',
  description: 'machines somewhere else',
  autoRank: null,
  means: 'all machines answer',
  needsPrograms: false,
  whyNot: async () => null,
  whyNotFor: () => null,
  examine: async (capability) => ({ ok: capability !== 'disk', note: `${capability} by hand` }),
  inspect: async () => [{ what: 'machines', ok: true, note: 'm1, m2' }],
  install: async () => {},
  prepare: async () => {},
  sandbox: async () => ({ prefix: [] }),
  ...parts,
})

describe('the registry', () => {
  it('has every environment under its own name', () =>
    expect(Object.values(environments).map(({ name }) => name)).toEqual(Object.keys(environments)))

  it('does not contain the environment for tests', () =>
    expect(Object.keys(environments)).not.toContain('fake'))

  it('is the only place that distinguishes environments by name', () => {
    const files = execaSync('git', ['ls-files', '*.ts'], { cwd: PROJECT_ROOT }).stdout.split('\n')
    const names = Object.keys(environments).join('|')
    const asks = new RegExp(`[=!]==? *'(?:${names})'|'(?:${names})' *[=!]==?|case '(?:${names})'`)
    const outside = files.filter(
      (file) =>
        !file.startsWith('harness/environments/') &&
        !file.endsWith('.test.ts') &&
        fs.existsSync(path.join(PROJECT_ROOT, file)),
    )
    expect(outside.length).toBeGreaterThan(100)
    expect(
      outside.filter((file) => asks.test(fs.readFileSync(path.join(PROJECT_ROOT, file), 'utf8'))),
    ).toEqual([])
  })
})

describe('which targets an environment cannot run', () => {
  it('docker: a target without an image, and one with a service without one', () => {
    expect(docker.whyNotFor(bare, {})).toBe('fake has no Docker image: run it with --env namespaces.')
    expect(docker.whyNotFor(withImage, {})).toBeNull()
    const target: Target = etcd
    const sink = target.services?.({ sink: 'naive' }) ?? []
    expect(sink).not.toEqual([])
    expect(docker.whyNotFor({ ...withImage, services: () => sink }, {})).toBeNull()
    const without = sink.map((service) => ({ ...service, image: null }))
    expect(docker.whyNotFor({ ...withImage, services: () => without }, {})).toContain(
      'sink has no Docker image',
    )
  })

  it('namespaces: nothing', () => expect(namespaces.whyNotFor(bare, {})).toBeNull())

  it('docker is refused for such a target before anything is created', () =>
    expect(docker.sandbox({ runId: 'x', target: bare, journal: { record: () => {} } })).rejects.toThrow(
      'fake has no Docker image',
    ))
})

describe('--env auto', () => {
  const ranked = (name: string, autoRank: number | null, parts: Partial<Environment> = {}): Environment =>
    elsewhere({ name, autoRank, ...parts })

  it('chooses the lowest rank, whatever the order', async () => {
    const chosen = await preferredEnvironment([ranked('b', 2), ranked('a', 1)], bare, {})
    expect(chosen.name).toBe('a')
  })

  it('skips environments that cannot be used here or cannot run the target', async () => {
    const all = [
      ranked('a', 1, { whyNot: async () => 'No daemon.' }),
      ranked('b', 2, { whyNotFor: () => 'no image' }),
      ranked('c', 3),
    ]
    expect((await preferredEnvironment(all, bare, {})).name).toBe('c')
  })

  it('never chooses one without a rank, and says why none can be used', async () => {
    const all = [ranked('a', null), ranked('b', 1, { whyNot: async () => 'No daemon.' })]
    await expect(preferredEnvironment(all, bare, {})).rejects.toThrow(
      'No environment can run fake here.\nb: No daemon.',
    )
  })

  it('prefers docker to namespaces', () =>
    expect(Number(docker.autoRank)).toBeLessThan(Number(namespaces.autoRank)))
})

describe('an environment that is added to the registry', () => {
  const registry = environments as Record<string, Environment>
  const join = (environment: Environment): void => {
    registry[environment.name] = environment
  }
  afterEach(() => {
    delete registry.elsewhere
    vi.restoreAllMocks()
  })

  it('can be chosen for a run, with what it lacks', async () => {
    const settings = parseSettings(RUN_SETTINGS, { env: 'elsewhere' })
    join(elsewhere({ lacks: (capability) => (capability === 'kill' ? 'kills are not allowed there' : null) }))
    expect((await buildRunSpec('raft', settings)).spec.environment).toBe('elsewhere')
    await expect(buildRunSpec('raft', { ...settings, nemesis: 'kill' })).rejects.toThrow(
      'kill: kills are not allowed there',
    )
    join(elsewhere({ whyNotFor: () => 'raft cannot run there.' }))
    await expect(buildRunSpec('raft', settings)).rejects.toThrow('raft cannot run there.')
  })

  it('is prepared by its name', async () => {
    const asked: PrepareSpec[] = []
    join(elsewhere({ prepare: async (spec) => void asked.push(spec) }))
    expect(await prepareCommand('elsewhere', { base: 'registry' })).toBe(0)
    expect(asked).toMatchObject([{ base: 'registry', images: expect.arrayContaining(['etcd', 'sink']) }])
    await expect(prepareCommand('elsewher', { base: 'local' })).rejects.toThrow('Did you mean elsewhere?')
  })

  it('is examined by doctor, and nemeses count only where they can be used', async () => {
    for (const name of Object.keys(environments))
      vi.spyOn(registry[name] as Environment, 'whyNot').mockResolvedValue('not in this test')
    join(elsewhere())
    let printed = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text)
      return true
    })
    expect(await doctorCommand({ json: true })).toBe(0)
    const findings = JSON.parse(printed) as readonly Finding[]
    const find = (what: string): Finding | undefined => findings.find((finding) => finding.what === what)
    expect(find('environment elsewhere')).toMatchObject({ ok: true, note: 'all machines answer' })
    expect(find('machines')).toMatchObject({ note: 'm1, m2' })
    expect(find('environment docker')).toMatchObject({ ok: false, note: 'not in this test' })
    // For nemeses, only environments that can be used count.
    expect(find('nemesis kill')).toMatchObject({ ok: true, note: 'kill by hand' })
    expect(find('nemesis disk')).toMatchObject({ ok: false, note: expect.stringContaining('disk by hand') })
  })

  it('is distinguished from another environment that makes faults differently', async () => {
    for (const name of Object.keys(environments)) {
      vi.spyOn(registry[name] as Environment, 'whyNot').mockResolvedValue(null)
      vi.spyOn(registry[name] as Environment, 'examine').mockResolvedValue({ ok: true, note: 'by default' })
    }
    join(elsewhere())
    let printed = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text)
      return true
    })
    await doctorCommand({ json: false })
    expect(printed).toMatch(/yes {2}nemesis kill in elsewhere +kill by hand/)
    expect(printed).toMatch(/yes {2}nemesis kill in namespaces +by default/)
  })
})
