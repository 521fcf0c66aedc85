/** Bad input: one clear sentence that says what to do, the right exit code, and no leftovers. */
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sequence } from '../api/history.ts'
import { signal } from '../faults/proc.ts'
import { loadRun } from '../store/run-store.ts'
import { sleep } from '../support/wait.ts'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../testing/capabilities.ts'
import { type FinishedRun, faultline, runWhile, temporaryFolder } from '../testing/command.ts'
import { type HostBaseline, hostBaseline } from '../testing/host.ts'
import { leftovers, processesOf } from '../testing/leftovers.ts'
import { targetModule } from '../testing/target-module.ts'
import type { SinkLine } from '../vocabularies/effects.ts'

const DEADLINE = ['--time-limit', '5s', '--env', 'namespaces', '--ready-timeout', '3s']

const SINK_PROGRAM = path.join(PROJECT_ROOT, 'targets/sink/main.ts')

/** Only of the runs with results in `folder`, because other runs may be active on this machine. */
const killSinks = (folder: string): number =>
  processesOf({ folder }).filter(
    ({ pid, commandLine }) => commandLine.includes(SINK_PROGRAM) && signal(pid, 'SIGKILL'),
  ).length

/** A run with effects whose sink dies once, or after each restart. */
const runWithDyingSink = (
  out: string,
  args: readonly string[],
  often: 'once' | 'always',
): Promise<FinishedRun> =>
  runWhile(out, ['raft', '--env', 'namespaces', '-w', 'effects', ...args], async (over) => {
    await sleep(1000)
    for (let killed = 0; !over.aborted && (often === 'always' || killed === 0); await sleep(20))
      killed += killSinks(out)
  })

describeWith(missingLinuxRoot(), 'bad input', () => {
  let before: HostBaseline
  let folder: ReturnType<typeof temporaryFolder>
  beforeAll(() => {
    before = hostBaseline()
    folder = temporaryFolder()
  })
  afterAll(async () => {
    using _ = folder
    expect(await leftovers(before, folder.path)).toEqual([])
  })

  /** What it says on standard error. */
  const refusal = async (
    args: readonly string[],
    exitCode: number,
    message: string,
    env = {},
  ): Promise<string> => {
    const result = await faultline(args, env)
    expect(result.stderr).toContain(message)
    expect(result.exitCode).toBe(exitCode)
    expect(result.stderr).not.toMatch(/\n\s+at /)
    return result.stderr
  }
  const refused = async (...asked: Parameters<typeof refusal>): Promise<void> => {
    await refusal(...asked)
  }

  it.each([
    [['run', 'etcdd'], 'There is no target named etcdd. Did you mean etcd?'],
    [['run', 'raft', '-w', 'registers'], 'There is no workload named registers. Did you mean register?'],
    [['run', 'raft', '-n', 'partitions'], 'There is no nemesis named partitions. Did you mean partition?'],
    [['run', 'raft', '--env', 'namespace'], 'There is no environment named namespace'],
    [['run', 'raft', '--env', 'docker'], 'raft has no Docker image: run it with --env namespaces'],
    [['run', 'raft', '--target-opts', 'ticks=1s'], 'There is no option of target raft named ticks'],
    [['run', 'raft', '--colour', 'red'], "unknown option '--colour'"],
    [['run'], "missing required argument 'target'"],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['check', '/nowhere'], 'There is no file or folder at /nowhere'],
    [['list', 'bugz'], 'There is no section named bugz. Did you mean bugs?'],
    [['export', '/nowhere'], '/nowhere is not a run'],
    [['export', '/nowhere', '--format', 'ednn'], 'There is no format named ednn. Did you mean edn?'],
    [['run', 'raft', '--format', 'jsn'], 'There is no format named jsn. Did you mean json?'],
    [['run', 'raft', '-w', './nowhere.ts'], 'There is no workload module at'],
    [['prepare', 'lunch'], 'There is no preparation named lunch'],
  ])('%j', async (args, message) => refused(args, 255, message))

  const withSink = ['--target-opts', 'sink=deduplicating', '--time-limit', '5s', '--seed', '1']

  it('a sink that dies once: its log is kept, and every request is done in the end', async () => {
    const { verdict } = await runWithDyingSink(folder.path, withSink, 'once')
    expect(verdict).toMatchObject({ status: 'valid' })
    const lines = loadRun(verdict.runDir).record.services?.sink as Sequence<SinkLine>
    expect(lines.filter(({ type }) => type === 'start')).toHaveLength(2)
    expect(verdict.verdicts[0]?.details).toMatchObject({ lost: 0, stillPending: 0 })
  })

  it('a sink that does not come back: unknown, in one sentence, and the cluster is not blamed', async () => {
    const { verdict } = await runWithDyingSink(
      folder.path,
      [...withSink, '--recovery-timeout', '3s'],
      'always',
    )
    expect(verdict.status).toBe('unknown')
    expect(verdict.verdicts.find(({ checker }) => checker === 'recovery')).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('a service beside the cluster did not come back: sink'),
    })
    expect(verdict.verdicts[0]?.summary).toContain('no client asked at the end what was still pending')
    expect(loadRun(verdict.runDir).record.history.length).toBeGreaterThan(100)
  })

  it('a malformed history, a truncated one, and one of an unknown kind', async () => {
    const write = (name: string, text: string): string => {
      const file = path.join(folder.path, name)
      fs.writeFileSync(file, text)
      return file
    }
    await refused(['check', write('a.jsonl', '{"index":0}\nnot json\n')], 255, 'line 1: no finite "timeNs"')
    await refused(['check', write('b.edn', '[{:process 0 :type :invoke')], 255, 'ends before a closing }')
    await refused(
      ['check', write('c.xml', '<history/>')],
      255,
      'line 1: :<history/> is no operation: a map with :process, :type, :f and :value is expected',
    )
    const good =
      '{"index":0,"timeNs":1,"process":0,"type":"invoke","f":"write","value":{"key":1,"value":2}}\n{"index":1,"timeNs":2,"process":0,"type":"ok","f":"write","value":{"key":1,"value":2}}\n'
    const torn = await faultline(['check', write('d.jsonl', `${good}{"index":2,"ti`)])
    expect(torn.stdout).toContain('was cut off')
    expect(torn.exitCode).toBe(0)
    await refused(['check', write('e.jsonl', good.split('\n').slice(1).join('\n'))], 255, 'completes nothing')
  })

  it('Docker not reachable', async () => {
    await refused(
      ['run', 'etcd', '--env', 'docker', '--time-limit', '5s'],
      254,
      'The Docker daemon does not answer',
      { DOCKER_HOST: 'unix:///nowhere.sock' },
    )
  })

  it('a target that never becomes ready', async () => {
    const file = targetModule(folder.path, 'sleepy', ['sleep', '100'], false)
    await refused(
      ['run', file, ...DEADLINE, '--out', folder.path],
      253,
      'n1, n2 did not become ready within 3 s',
    )
  })

  it('a target that ends while it starts: with its last words', async () => {
    const file = targetModule(
      folder.path,
      'broken',
      ['sh', '-c', 'echo bind: address already in use; exit 1'],
      false,
    )
    await refused(['run', file, ...DEADLINE, '--out', folder.path], 253, 'bind: address already in use')
  })

  it.each([
    ['fails', `{ argv: ['sh', '-c', 'echo no space left; exit 3'] }`, 'failed (status 3)', 'no space left'],
    [
      'takes too long',
      `{ argv: ['sleep', '100'], timeoutMs: 500 }`,
      'did not end within 0.5 s',
      'could not be carried out',
    ],
  ])('a step that %s: with its last words', async (_, step, how, words) => {
    const steps = `{ firstStart: [{ name: 'initialise', env: {}, ...${step} }] }`
    const file = targetModule(folder.path, 'stepping', ['sleep', '100'], true, { steps })
    const args = ['run', file, ...DEADLINE, '--out', folder.path]
    // The nodes start at the same time; either can be the first to fail.
    const said = await refusal(args, 253, `: the step initialise ${how}`)
    expect(said).toMatch(/n[12]: the step/)
    expect(said).toContain(words)
  })

  it('a client that does not bind its address: said before faults are planned, and at the end', async () => {
    const server = "require('http').createServer((_, answer) => answer.end('1')).listen(7000)"
    const client = `async ({ node }) => ({
      invoke: async ({ f, value }) => {
        await (await fetch('http://' + node.address + ':7000')).text()
        return { type: 'ok', value: f === 'read' ? { ...value, value: null } : value }
      },
      [Symbol.asyncDispose]: async () => {},
    })`
    const file = targetModule(folder.path, 'unbound', [process.execPath, '-e', server], true, { client })
    const args = [
      'run',
      file,
      ...DEADLINE,
      '--time-limit',
      '3s',
      '-n',
      'partition',
      '--show-log',
      '--out',
      folder.path,
    ]
    const { stdout, stderr } = await faultline(args)
    const said = 'no client was seen to connect from the address that it is given (localAddress)'
    const events = stderr.match(/controller (plan |clients connect from elsewhere).*/g)
    expect(events).toEqual([expect.stringContaining(said), expect.stringContaining('controller plan ')])
    expect(stdout).toContain(said)
  })

  it('clients that misbehave: the run goes on, says whose mistakes they are, and proves nothing', async () => {
    const client = `async () => {
      setTimeout(() => { throw new Error('in a handler') }, 10)
      return {
        invoke: async ({ f, value }) => ({ type: 'ok', value: f === 'read' ? { ...value, value: 1.5 } : value }),
        [Symbol.asyncDispose]: () => new Promise(() => {}),
      }
    }`
    const file = targetModule(folder.path, 'wild', ['sleep', '100'], true, { client })
    const result = await faultline(['run', file, ...DEADLINE, '--time-limit', '2s', '--out', folder.path])
    expect(result.stdout).toContain('client (n1, n2): thrown outside of any call: in a handler')
    expect(result.stdout).toContain('an answer that does not fit its call')
    expect(result.exitCode).toBe(2)
  })

  it('a target whose program is not there', async () => {
    const file = targetModule(folder.path, 'absent', ['/no/such/program'], false)
    await refused(['run', file, ...DEADLINE, '--out', folder.path], 253, '/no/such/program')
  })

  it('a run in which nothing was ok is vacuous: unknown', async () => {
    const file = targetModule(folder.path, 'deaf', ['sleep', '100'], true)
    const result = await faultline(['run', file, ...DEADLINE, '--time-limit', '2s', '--out', folder.path])
    expect(result.stdout).toContain('Vacuous: no operation was ok.')
    expect(result.exitCode).toBe(2)
  })

  it('a module that exports no target', async () => {
    const file = path.join(folder.path, 'empty.ts')
    fs.writeFileSync(file, 'export default 3\n')
    await refused(['run', file], 255, 'does not export a Target as default')
  })

  it('a port that is taken', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as net.AddressInfo
    await refused(['serve', folder.path, '--port', String(port)], 255, `Port ${port} is taken`)
    server.close()
  })

  it('a results folder that does not exist', () =>
    refused(['serve', path.join(folder.path, 'nothing')], 255, 'There is no folder'))
})
