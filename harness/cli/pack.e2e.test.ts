/** The packed tarball in an outside project: it runs the demo, and type-checks and runs a target and a workload written there. */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../testing/capabilities.ts'
import { temporaryFolder } from '../testing/command.ts'
import { type HostBaseline, hostBaseline } from '../testing/host.ts'
import { leftovers } from '../testing/leftovers.ts'

/** One register for each key, over HTTP: the cluster of an outside user. */
const SERVER = `import http from 'node:http'

const values = new Map()

const answer = ({ f, value }) => {
  const current = values.get(value.key) ?? null
  if (f === 'read') return { key: value.key, value: current }
  if (f === 'write') return values.set(value.key, value.value) && value
  const applied = current === value.expected
  if (applied) values.set(value.key, value.next)
  return { ...value, applied }
}

http
  .createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    response.end(JSON.stringify(text === '' ? {} : answer(JSON.parse(text))))
  })
  .listen(8000, process.argv[2])
`

/** Written as an outside user would: it uses only what the package publishes. */
const TARGET = `import path from 'node:path'
import type { Call, Client, Outcome } from 'faultline'
import { defineTarget } from 'faultline/define'
import { JsonHttp } from 'faultline/http'
import { REGISTER } from 'faultline/vocabularies/register'

const originOf = (address: string): string => 'http://' + address + ':8000'

const client: Client = {
  open: async (context) => {
    const http = new JsonHttp(context.localAddress)
    const origin = originOf(context.node.address)
    return {
      async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
        const result = await http.request(origin, 'POST', '/', call, signal)
        if (result.type === 'response') return { type: 'ok', value: result.body }
        return { type: result.type === 'unsent' ? 'fail' : 'info', error: result.error }
      },
      [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
    }
  },
}

export default defineTarget({
  name: 'outside',
  description: 'a target written outside',
  options: {},
  nodes: { default: 1, min: 1 },
  bugs: [],
  programs: {},
  claims: () => ({
    source: 'its author',
    consistency: { [REGISTER.name]: { read: 'linearizable' } },
    minority: 'refuse',
    tolerates: {},
  }),
  clients: { [REGISTER.name]: client },
  launch: (node) => ({
    files: {},
    processes: [
      { name: 'main', argv: [process.execPath, path.resolve('server.mjs'), node.address], env: {} },
    ],
  }),
  ready: async (node, signal) => {
    await using http = new JsonHttp()
    return (await http.request(originOf(node.address), 'GET', '/', null, signal)).type === 'response'
  },
})
`

const WORKLOAD = `import type { Checker } from 'faultline'
import { linearizability } from 'faultline/checkers/linearizability'
import { standing } from 'faultline/checkers/standing'
import { defineWorkload } from 'faultline/define'
import { calls } from 'faultline/generators/combinators'
import { check } from 'faultline/porcupine-ts'
import { casRegister } from 'faultline/porcupine-ts/models/register'
import { REGISTER, type RegisterCall } from 'faultline/vocabularies/register'

/** The user's own checker: whether the model of a register is usable from outside. */
const own: Checker = {
  name: 'own',
  finds: 'nothing',
  needs: ['history'],
  check: async () => ({
    checker: 'own',
    status: check(casRegister(null), []).verdict === 'ok' ? 'valid' : 'unknown',
    promise: { text: 'an empty history is linearizable', source: 'its author' },
    summary: 'Nothing is linearizable.',
    evidence: [],
    details: {},
  }),
}

export default defineWorkload({
  name: 'hot-key',
  description: 'reads and writes of one key',
  vocabulary: REGISTER,
  options: { reads: { type: 'number', default: 0.5, description: 'share of reads' } },
  generator: (_rng, options, { concurrency }) =>
    calls<RegisterCall>((draw, thread, ordinal) =>
      draw.float() < options.reads
        ? { f: 'read', value: { key: 1 } }
        : { f: 'write', value: { key: 1, value: 1 + ordinal * concurrency + thread } },
    ),
  checkers: () => [own, linearizability({ initial: null }), ...standing],
})
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

/** The version of these tests, which npm has in its cache. */
const VITEST: string = JSON.parse(
  fs.readFileSync(path.join(PROJECT_ROOT, 'node_modules/vitest/package.json'), 'utf8'),
).version

/** As an outside user would write it: what holds, and what does not. */
const CHAOS = `import { chaos } from 'faultline/vitest'

const settings = { target: './target.ts', env: 'namespaces', timeLimit: '2s' }

chaos('the register stays linearizable', settings)
chaos('Raft without a quorum for its reads', {
  ...settings,
  target: 'raft',
  bug: 'stale-read',
  nemesis: 'partition',
  timeLimit: '10s',
  seeds: [1],
})
`

const write = (folder: string, files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text)
}

/** A separate project with the packed tarball installed and the user's modules. */
const makeProject = async (cwd: string): Promise<void> => {
  const { stdout } = await execa('npm', ['pack', '--pack-destination', cwd, '--silent'], {
    cwd: PROJECT_ROOT,
  })
  const tarball = path.join(cwd, stdout.trim().split('\n').at(-1) as string)
  write(cwd, {
    'package.json': JSON.stringify({ name: 'outside', private: true, type: 'module' }),
    'tsconfig.json': JSON.stringify(TSCONFIG),
    'server.mjs': SERVER,
    'target.ts': TARGET,
    'workload.ts': WORKLOAD,
  })
  await execa('npm', ['install', '--no-audit', '--no-fund', tarball, '@types/node', `vitest@${VITEST}`], {
    cwd,
  })
}

describeWith(missingLinuxRoot(), 'npm pack', () => {
  let before: HostBaseline
  let folder: ReturnType<typeof temporaryFolder>
  beforeAll(async () => {
    before = hostBaseline()
    folder = temporaryFolder()
    await makeProject(folder.path)
  })
  afterAll(async () => {
    using _ = folder
    expect(await leftovers(before, folder.path)).toEqual([])
  })

  const inProject = (
    command: string,
    args: readonly string[],
  ): Promise<{ stdout: string; exitCode?: number }> =>
    execa(command, args, { cwd: folder.path, reject: false })
  const typeCheck = async (): Promise<string> =>
    (await inProject(path.join(PROJECT_ROOT, 'node_modules/.bin/tsc'), ['-p', '.'])).stdout

  it("type-checks an outside user's target and workload, and finds errors in them", async () => {
    expect(await typeCheck()).toBe('')
    const wrong = {
      'wrong-target.ts': TARGET.replace("type: 'ok'", "type: 'okay'"),
      'wrong-workload.ts': WORKLOAD.replace('options.reads', 'options.writes'),
    }
    write(folder.path, wrong)
    const said = await typeCheck()
    for (const name of Object.keys(wrong)) fs.rmSync(path.join(folder.path, name))
    expect(said).toContain('okay')
    expect(said).toContain("'writes' does not exist")
  })

  it('publishes what users need, and no internal modules', async () => {
    const script = "await import('faultline/harness/engine/scheduler')"
    const { exitCode } = await inProject('node', ['--input-type=module', '-e', script])
    expect(exitCode).not.toBe(0)
    const published = "await import('faultline/http'); await import('faultline/vocabularies/register')"
    expect((await inProject('node', ['--input-type=module', '-e', published])).exitCode).toBe(0)
  })

  it('runs the demo', async () => {
    const demo = await inProject('npx', ['faultline', 'demo'])
    expect(demo.stdout).toContain('the planted bug is caught')
    expect(demo.exitCode).toBe(0)
  })

  it("runs as tests of an outside user's vitest", async () => {
    write(folder.path, { 'chaos.test.ts': CHAOS })
    const { stdout, exitCode } = await inProject('npx', ['vitest', 'run', '--reporter', 'junit'])
    expect(exitCode, stdout).toBe(1)
    expect(stdout).toContain('tests="2" failures="1" errors="0"')
    expect(stdout).toContain('the register stays linearizable &gt; seed 1')
    expect(stdout).toMatch(/<failure message="violation: [^"\n]*promise/)
    expect(stdout).toMatch(/report: results\/raft-stale-read-register-partition\/[\w-]+\/report\.html/)
  })

  it("runs an outside user's target under a bundled workload, and under the user's own", async () => {
    const args = ['faultline', 'run', './target.ts', '--env', 'namespaces', '--time-limit', '2s']
    const bundled = await inProject('npx', args)
    expect(bundled.stdout).toContain(
      'read: linearizable, write: linearizable, cas: linearizable (read: its author; write, cas: assumed: nobody promised it)',
    )
    expect(bundled.exitCode).toBe(0)
    const own = await inProject('npx', [...args, '-w', './workload.ts', '--workload-opts', 'reads=0.7'])
    expect(own.stdout).toMatch(/own +valid +Nothing is linearizable\./)
    expect(own.stdout).toMatch(/linearizability +valid/)
    expect(own.exitCode).toBe(0)
    const [stored] = fs.readdirSync(path.join(folder.path, 'results/target-workload-none'))
    const run = path.join('results/target-workload-none', stored as string)
    expect((await inProject('npx', ['faultline', 'check', run])).exitCode).toBe(0)
  })
})
