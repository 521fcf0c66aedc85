/** One small program of each registry, as the registry that this machine's clients are configured with delivers it. */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith, missingTool, PROJECT_ROOT } from '../../testing/capabilities.ts'
import { faultline, temporaryFolder } from '../../testing/command.ts'

const MAIN = 'package main\n\nimport "github.com/google/uuid"\n\nfunc main() { println(uuid.Nil.String()) }\n'

/** A target with a program of each registry, and an option that chooses which. */
const MODULE = `import type { Target } from '${path.join(PROJECT_ROOT, 'harness/api.ts')}'
const SOURCES = {
  pypi: { from: 'pypi', release: 'six==1.16.0', sha256: ['8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254'], file: 'six.py' },
  npm: { from: 'npm', release: 'is-number@7.0.0', integrity: 'sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==', file: 'index.js' },
  maven: { from: 'maven', name: 'slf4j-2.0.13', artifacts: ['org.slf4j:slf4j-api:2.0.13'], sha256: 'ad9bbed217ae712c05024532cca76b7d43d4984145bdc6c6e990afbdd98b935c' },
  go: { from: 'go', name: 'uuid-1.6.0', main: ${JSON.stringify(MAIN)}, requires: ['github.com/google/uuid@v1.6.0'], go: '1.19', sha256: '9418e860bedd50b484515c56645f0eea6695ab85fc65fece80a958c88c4ae75d' },
} as const
const target: Target<{ from: { type: 'string', default: string, choices: ['pypi', 'npm', 'maven', 'go'], description: string } }> = {
  name: 'small', description: 'a test', options: { from: { type: 'string', default: 'pypi', choices: ['pypi', 'npm', 'maven', 'go'], description: '' } },
  nodes: { default: 1, min: 1 }, bugs: [], programs: ({ from }) => ({ small: SOURCES[from] }),
  claims: () => ({ source: 'test', consistency: {}, minority: 'refuse', tolerates: {} }),
  clients: { register: { open: () => Promise.reject(new Error('no')) } },
  launch: (_node, _plan, program) => ({ files: {}, processes: [{ name: 'main', argv: [program('small')], env: {} }] }),
  ready: async () => true,
}
export default target
`

describeWith(missingTool('pip3', 'npm', 'mvn', 'java', 'go'), 'programs of the real registries', () => {
  let folder: ReturnType<typeof temporaryFolder>
  beforeAll(() => {
    folder = temporaryFolder()
    fs.writeFileSync(path.join(folder.path, 'small.ts'), MODULE)
  })
  afterAll(() => folder[Symbol.dispose]())

  const prepare = async (from: string): Promise<string> => {
    const args = ['prepare', 'programs', '--target', path.join(folder.path, 'small.ts')]
    const { stdout: goCache } = await execa('go', ['env', 'GOCACHE'])
    const env = { XDG_CACHE_HOME: path.join(folder.path, 'cache'), GOCACHE: goCache }
    const { exitCode, stderr } = await faultline([...args, '--target-opts', `from=${from}`], env)
    expect(exitCode, stderr).toBe(0)
    return stderr
  }

  it.each([
    ['pypi', '/pypi-six-1.16.0-'],
    ['npm', '/npm-is-number-7.0.0-'],
    ['maven', '/maven-slf4j-2.0.13-'],
    ['go', '/go-uuid-1.6.0-'],
  ])('are obtained from %s, and the second time are here', async (from, place) => {
    const first = await prepare(from)
    expect(first).toMatch(/: \d+ MB in [\d.]+ s$/m)
    expect(first).toContain(place)
    const program = /^small: (.*)$/m.exec(first)?.[1] ?? ''
    expect(fs.existsSync(program), program).toBe(true)
    expect(await prepare(from)).toBe(`small: ${program}`)
  })
})
