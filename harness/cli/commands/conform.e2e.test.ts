/** `faultline conform` on real clusters: the bundled targets and the starter conform, and a careless target does not. */
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith, isFull, missingLinuxRoot } from '../../testing/capabilities.ts'
import { faultline, temporaryFolder } from '../../testing/command.ts'
import { type HostBaseline, hostBaseline } from '../../testing/host.ts'
import { leftovers } from '../../testing/leftovers.ts'
import type { Finding } from '../conform/findings.ts'

interface Result {
  readonly conforms: boolean
  readonly findings: readonly Finding[]
}

describeWith(missingLinuxRoot(), 'faultline conform', () => {
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

  const conform = async (target: string, exitCode: number, more: readonly string[] = []): Promise<Result> => {
    const args = ['conform', target, '--env', 'namespaces', '--seed', '1', '--format', 'json', ...more]
    const result = await faultline([...args, '--out', folder.path])
    expect(result.exitCode, result.stdout || result.stderr).toBe(exitCode)
    return JSON.parse(result.stdout) as Result
  }

  /** All of them take some minutes. */
  const SHORT = ['--vocabulary', 'register,list-append,queue,lock']
  const OTHERS = isFull ? ['zookeeper', 'rabbitmq', 'postgres', 'redis-sentinel'] : []
  it.each(['redis', 'etcd', 'raft', ...OTHERS])('%s conforms', async (target) => {
    const { findings } = await conform(target, 0, isFull ? [] : SHORT)
    expect(findings.filter(({ result }) => result === 'wrong')).toEqual([])
    expect(findings.filter(({ result }) => result === 'ok').length).toBeGreaterThanOrEqual(20)
  })

  const start = async (name: string): Promise<string> => {
    const written = path.join(folder.path, name)
    expect((await faultline(['init', written])).exitCode).toBe(0)
    return path.join(written, 'target.ts')
  }

  it('what init writes conforms', async () => {
    const { findings } = await conform(await start('fine'), 0)
    const of = (check: string): string | undefined => findings.find((each) => each.check === check)?.note
    expect(of('lost reply')).toContain('write info')
    expect(of('stopped node')).toContain('write fail')
  })

  it('a careless target does not, and each mistake is named', async () => {
    const target = await start('careless')
    // Nodes have a /tmp of their own, but no other folder.
    using elsewhere = temporaryFolder('/var/tmp')
    const change = (file: string, ...changes: readonly (readonly [string, string])[]): void => {
      const at = path.join(path.dirname(target), file)
      const text = changes.reduce(
        (all, [from, to]) => {
          expect(all).toContain(from)
          return all.replace(from, to)
        },
        fs.readFileSync(at, 'utf8'),
      )
      fs.writeFileSync(at, text)
    }
    change('client.ts', ["type: 'info'", "type: 'fail'"], ['new JsonHttp(localAddress)', 'new JsonHttp()'])
    change('target.ts', ["return result.type === 'response' && result.status === 200", 'return true'])
    change('server.mjs', [
      "const LOG = 'changes.log'",
      `const LOG = '${path.join(elsewhere.path, 'elsewhere.log')}'`,
    ])
    const { findings } = await conform(target, 1)
    const wrong = findings
      .filter(({ result }) => result === 'wrong')
      .map(({ check, note }) => `${check}: ${note}`)
    for (const sentence of [
      'although its request was sent and nothing was answered',
      'and not from localAddress',
      'ready says that n1 serves although it is stopped',
      'ready says that n1 serves although it is paused',
      'elsewhere.log (by',
    ])
      expect(wrong.join('\n')).toContain(sentence)
  })
})
