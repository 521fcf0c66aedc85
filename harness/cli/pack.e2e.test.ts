/** The packed tarball in an outside project: it runs the demo, and type-checks and runs a target written there. */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../testing/capabilities.ts'
import { temporaryFolder } from '../testing/command.ts'
import { hostBaseline } from '../testing/host.ts'
import { leftovers } from '../testing/leftovers.ts'

/** As an outside user writes it: against the package's types alone. */
const TARGET = `import type { Call, Connection, Outcome, Target } from 'faultline'

const values = new Map<number, number>()

interface Value { key: number; value?: number; expected?: number | null; next?: number }

const connection: Connection = {
  async invoke(call: Call): Promise<Outcome> {
    const { key, value, expected, next } = call.value as Value
    const current = values.get(key) ?? null
    if (call.f === 'read') return { type: 'ok', value: { key, value: current } }
    if (call.f === 'write') values.set(key, value as number)
    else if (current === expected) values.set(key, next as number)
    return { type: 'ok', value: call.f === 'write' ? call.value : { key, expected, next, applied: current === expected } }
  },
  async [Symbol.asyncDispose]() {},
}

const target: Target = {
  name: 'outside',
  description: 'a target written outside',
  options: {},
  nodes: { default: 1, min: 1 },
  bugs: [],
  programs: {},
  claims: () => ({ source: 'its author', consistency: { register: { read: 'linearizable' } }, minority: 'refuse', tolerates: {} }),
  clients: { register: { open: async () => connection } },
  launch: () => ({ files: {}, processes: [{ name: 'main', argv: ['sleep', '1000'], env: {} }] }),
  ready: async () => true,
}

export default target
`

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    target: 'esnext',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  },
  include: ['*.ts'],
}

describeWith(missingLinuxRoot(), 'npm pack', () => {
  it('gives a package that works in an outside project', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const cwd = folder.path
    const { stdout: tarball } = await execa('npm', ['pack', '--pack-destination', cwd, '--silent'], {
      cwd: PROJECT_ROOT,
    })
    fs.writeFileSync(
      path.join(cwd, 'package.json'),
      JSON.stringify({ name: 'outside', private: true, type: 'module' }),
    )
    fs.writeFileSync(path.join(cwd, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    fs.writeFileSync(path.join(cwd, 'target.ts'), TARGET)
    const name = tarball.trim().split('\n').at(-1) as string
    await execa('npm', ['install', '--no-audit', '--no-fund', path.join(cwd, name), '@types/node'], { cwd })

    const tsc = path.join(PROJECT_ROOT, 'node_modules', '.bin', 'tsc')
    const checked = await execa(tsc, ['-p', '.'], { cwd, reject: false })
    expect(checked.stdout).toBe('')
    fs.writeFileSync(path.join(cwd, 'wrong.ts'), TARGET.replace("type: 'ok'", "type: 'okay'"))
    expect((await execa(tsc, ['-p', '.'], { cwd, reject: false })).stdout).toContain('okay')
    fs.rmSync(path.join(cwd, 'wrong.ts'))

    const demo = await execa('npx', ['faultline', 'demo'], { cwd, reject: false })
    expect(demo.stdout).toContain('the planted bug is caught')
    expect(demo.exitCode).toBe(0)

    const own = await execa(
      'npx',
      ['faultline', 'run', './target.ts', '--env', 'namespaces', '--time-limit', '2s'],
      { cwd, reject: false },
    )
    expect(own.stdout).toContain('read: linearizable, write: linearizable, cas: linearizable (its author)')
    expect(own.exitCode).toBe(0)
    expect(await leftovers(before, folder.path)).toEqual([])
  })
})
