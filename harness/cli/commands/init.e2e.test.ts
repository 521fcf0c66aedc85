/** `faultline init` as a new user meets it: an empty folder, `npm init -y`, and a target of every kind of module. */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../../testing/capabilities.ts'
import { faultline, run, temporaryFolder } from '../../testing/command.ts'

/** What `npm init -y` writes. */
const MANIFEST = { name: 'mine', version: '1.0.0', main: 'index.js', license: 'ISC', type: 'commonjs' }

const BODY = `{
  name: 'mine', description: '', options: {}, nodes: { default: 1, min: 1 }, bugs: [], programs: {},
  claims: () => ({ source: 'test', consistency: {}, minority: 'refuse', tolerates: {} }),
  clients: { register: { open: () => Promise.reject(new Error('no')) } },
  launch: () => ({ files: {}, processes: [{ name: 'main', argv: ['sleep', '100'], env: {} }] }),
  ready: async () => true,
}`
const MODULE = `import { JsonHttp } from 'faultline/http'
void JsonHttp
export default ${BODY}`
const TYPED = `import type { Target } from 'faultline'
import { JsonHttp } from 'faultline/http'
void JsonHttp
const target: Target = ${BODY}
export default target`
const BROKEN = `import path from 'node:path'\nconst a = {\n  b: 3,,\n}\nexport default path\n`

let folder: ReturnType<typeof temporaryFolder>
beforeAll(() => {
  folder = temporaryFolder()
  fs.writeFileSync(path.join(folder.path, 'package.json'), JSON.stringify(MANIFEST))
})
afterAll(() => folder[Symbol.dispose]())

describe('a target module beside the package.json of npm init -y', () => {
  const complaintAbout = async (name: string, text: string): Promise<string> => {
    const file = path.join(folder.path, name)
    fs.writeFileSync(file, text)
    const { stderr, exitCode } = await faultline(['run', file, '-w', 'nowhere'])
    expect(exitCode).toBe(255)
    return stderr
  }

  it.each([
    ['esm.js', MODULE],
    ['esm.mjs', MODULE],
    ['esm.ts', TYPED],
    ['esm.mts', TYPED],
    ['cjs.js', `module.exports = ${BODY}`],
    ['cjs.cjs', `module.exports = ${BODY}`],
    ['cjs.ts', `module.exports = ${BODY}`],
    ['tsc.js', `Object.defineProperty(exports, '__esModule', { value: true })\nexports.default = ${BODY}`],
  ])('%s is loaded: the next mistake is complained of', async (name, text) =>
    expect(await complaintAbout(name, text)).toMatch(/^faultline: There is no workload named nowhere/),
  )

  it.each([
    ['broken.ts', BROKEN, 'broken.ts:3: Unexpected token'],
    ['broken.mjs', BROKEN, 'broken.mjs:3:8: Expected identifier but found ","'],
    ['broken.js', BROKEN, 'broken.js:3:8: Expected identifier but found ","'],
    ['enum.ts', `enum A { b }\nexport default A`, 'enum.ts:1: TypeScript enum is not supported'],
    ['throws.ts', `const a = 3\nthrow new Error('at load')\nexport default a`, 'throws.ts:2: at load'],
    ['absent.ts', `import x from 'nope'\nexport default x`, "loaded: Cannot find package 'nope' imported"],
  ])('%s is refused, with file and line', async (name, text, sentence) => {
    const said = await complaintAbout(name, text)
    expect(said).toContain(sentence)
    expect(said.trim().split('\n')).toHaveLength(1)
  })
})

const hasProgram = async (program: string): Promise<boolean> =>
  (await execa('sh', ['-c', `command -v ${program}`], { reject: false })).exitCode === 0

const LANGUAGES = [
  { language: 'ts', isHere: true },
  { language: 'python', isHere: await hasProgram('python3') },
  { language: 'go', isHere: await hasProgram('go') },
]
/** Each fault ends the programs of its clients, and starting another takes a second on a busy machine. */
const FAULTS =
  '-n kill,pause --plan steady --nemesis-opts interval=6s,duration=1s --concurrency 3 --time-limit 18s --seed 1 --env namespaces'

describeWith(missingLinuxRoot(), 'faultline init', () => {
  for (const { language, isHere } of LANGUAGES)
    it.skipIf(!isHere)(
      `--language ${language}: what it writes is typed right and runs as it is`,
      async () => {
        const written = path.join(folder.path, `my ${language}`)
        const { stdout, exitCode } = await faultline(['init', written, '--language', language])
        expect(exitCode).toBe(0)
        expect(stdout).toContain("target.ts' -w register -n kill,pause")
        const { stdout: typeErrors } = await execa(
          path.join(PROJECT_ROOT, 'node_modules/.bin/tsc'),
          ['-p', '.'],
          {
            cwd: written,
            reject: false,
          },
        )
        expect(typeErrors).toBe('')
        if (language === 'go') await execa('go', ['build', '-o', 'client', 'client.go'], { cwd: written })
        const args = [path.join(written, 'target.ts'), ...FAULTS.split(' ')]
        const { verdict } = await run(folder.path, args)
        expect(verdict.status, verdict.summary).toBe('valid')
        expect(verdict.counts.ok).toBeGreaterThan(300)
      },
    )

  it('overwrites nothing, and writes nothing then', async () => {
    const written = path.join(folder.path, 'mine')
    fs.mkdirSync(written)
    fs.writeFileSync(path.join(written, 'client.ts'), 'mine')
    const { stderr, exitCode } = await faultline(['init', written])
    expect(stderr).toContain('client.ts exists, and nothing is overwritten: choose another folder')
    expect(exitCode).toBe(255)
    expect(fs.readdirSync(written)).toEqual(['client.ts'])
  })
})
