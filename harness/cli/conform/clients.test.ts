/** Clients that make one mistake each, on a real server: each mistake is found, and a client without any conforms. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JsonHttp } from '../../../targets/http.ts'
import { register } from '../../../workloads/register.ts'
import type { Client, Connection } from '../../api/client.ts'
import type { Call, Outcome } from '../../api/history.ts'
import { ErrorTally } from '../../engine/error-tally.ts'
import { rngFromSeed } from '../../support/random.ts'
import { sleep } from '../../support/wait.ts'
import { defaultsOf } from '../run/options.ts'
import { Driver } from './driver.ts'
import type { Finding } from './findings.ts'
import { judgeClients } from './judge-clients.ts'
import type { Observations, Situation } from './observations.ts'
import { TrialClient } from './trial-client.ts'

const SERVER = '127.0.0.1'
const LOCAL = '127.0.0.77'

const values = new Map<unknown, unknown>()
const answer = ({ f, value }: { f: string; value: Record<string, unknown> }): object => {
  const now = values.get(value.key) ?? null
  if (f === 'read') return { ...value, value: now }
  if (f === 'write') values.set(value.key, value.value)
  const applied = now === value.expected
  if (f === 'cas' && applied) values.set(value.key, value.next)
  return f === 'cas' ? { ...value, applied } : value
}
const server = http.createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request) text += chunk
  response.end(JSON.stringify(answer(JSON.parse(text))))
})
let port = 0
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, SERVER, resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.closeAllConnections() ?? server.close())

/** What a client does otherwise than it should. */
interface Deviations {
  readonly localAddress?: undefined
  readonly onDoubt?: (ask: () => Promise<Outcome>, call: Call) => Promise<Outcome> | Outcome
  readonly signal?: (given: AbortSignal) => AbortSignal
  readonly onOk?: (outcome: Outcome) => Outcome
  readonly dispose?: () => Promise<void>
  /** Where it sends its calls, whatever address it was given. */
  readonly learned?: string
}

const clientWith = (deviations: Deviations): Client => ({
  open: async ({ node, localAddress }): Promise<Connection> => {
    const json = new JsonHttp('localAddress' in deviations ? undefined : localAddress)
    const origin = `http://${deviations.learned ?? node.address}:${port}`
    return {
      invoke: async (call, given) => {
        const signal = deviations.signal?.(given) ?? given
        const ask = async (): Promise<Outcome> => {
          const result = await json.request(origin, 'POST', '/', call, signal)
          if (result.type === 'response') return { type: 'ok', value: result.body }
          return { type: result.type === 'unsent' ? 'fail' : 'info', error: result.error }
        }
        const outcome = await ask()
        if (outcome.type === 'ok') return deviations.onOk?.(outcome) ?? outcome
        return outcome.type === 'info' ? (deviations.onDoubt?.(ask, call) ?? outcome) : outcome
      },
      [Symbol.asyncDispose]: deviations.dispose ?? (() => json[Symbol.asyncDispose]()),
    }
  },
})

const driverOf = (client: Client, errors: ErrorTally): Driver =>
  new Driver({
    workload: register,
    workloadOptions: defaultsOf(register.options),
    rng: rngFromSeed(1),
    threads: 6,
    nodes: 1,
    open: (process) =>
      TrialClient.open({
        client,
        vocabulary: register.vocabulary,
        nodes: [{ node: 'n1', address: SERVER, ports: [port] }],
        node: 'n1',
        process,
        localAddress: LOCAL,
        services: {},
        options: {},
        errors,
      }),
  })

const findingsOf = async (
  client: Client,
  passing: 'cut' | 'lost reply' | 'reset',
): Promise<readonly Finding[]> => {
  const errors = new ErrorTally()
  using _ = errors.catchStrays({ error: () => {} })
  const driver = driverOf(client, errors)
  await driver.gather(new AbortController().signal)
  driver.onHeld(({ proxies }) => {
    proxies.passing = passing
  })
  await driver.release(passing satisfies Situation)
  await sleep(300)
  await driver.endConnections()
  const { calls, connections, wanted } = driver
  const seen: Observations = {
    nodes: ['n1'],
    hasStatus: false,
    calls,
    connections,
    asked: { register: wanted },
    hooks: [],
    turns: [],
    escapes: { processes: [], files: [] },
    strays: { register: errors.list().map(({ message }) => message) },
  }
  return judgeClients(seen).filter(({ check, result }) => result !== 'not tested' || check === passing)
}
const wrongOf = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ result }) => result !== 'ok').map(({ check, note }) => `${check}: ${note}`)

describe('a client', () => {
  it.each(['cut', 'lost reply', 'reset'] as const)('without mistakes conforms: %s', async (passing) => {
    const findings = await findingsOf(clientWith({}), passing)
    expect(wrongOf(findings)).toEqual([])
    expect(findings.find(({ check }) => check === passing)?.note).toMatch(
      /read info, .*write info|write info, .*read info/,
    )
  })

  const asFail = clientWith({ onDoubt: () => ({ type: 'fail', error: 'timeout' }) })
  const retries = clientWith({ onDoubt: (ask) => ask() })
  const declares = clientWith({
    onDoubt: async (ask) => ({ ...(await ask()), meta: { attempts: 2 } }),
  })
  const swallows = clientWith({ onDoubt: (_, { value }) => ({ type: 'ok', value }) })
  const deaf = clientWith({ signal: () => new AbortController().signal })
  const throws = clientWith({
    onDoubt: () => {
      throw new Error('socket hang up')
    },
  })

  it.each([
    ['types a timeout as fail', 'cut', asFail, 'although its request was sent and nothing was answered'],
    [
      'types a lost reply as fail',
      'lost reply',
      asFail,
      'write was fail (timeout) although its request was sent',
    ],
    ['tries again by itself', 'reset', retries, 'sent its request 2 times: switch the retries'],
    ['swallows errors', 'cut', swallows, 'write was ok although no byte of an answer arrived'],
    ['never gives up', 'lost reply', deaf, 'did not settle within a second after its signal was aborted'],
    ['throws', 'reset', throws, 'threw socket hang up: catch'],
  ] as const)('that %s is found (%s)', async (_, passing, client, sentence) =>
    expect(wrongOf(await findingsOf(client, passing)).join('\n')).toContain(sentence),
  )

  it('that learns addresses from the cluster is not judged by what is not seen', async () => {
    const findings = await findingsOf(clientWith({ learned: SERVER }), 'cut')
    expect(findings.filter(({ result }) => result === 'wrong')).toEqual([])
    expect(findings.find(({ check }) => check === 'cut')).toMatchObject({
      result: 'not tested',
      note: expect.stringContaining('some that it learned from the cluster'),
    })
  })

  it('may declare its retries', async () => expect(wrongOf(await findingsOf(declares, 'reset'))).toEqual([]))

  it.each([
    [
      'does not bind its address',
      clientWith({ localAddress: undefined }),
      'source address: it connects from 127.0.0.1',
    ],
    [
      'answers what does not fit',
      clientWith({ onOk: () => ({ type: 'ok', value: 3 }) }),
      'healthy cluster: write the ok of write',
    ],
    [
      'leaves connections open',
      clientWith({ dispose: async () => {} }),
      'had sockets open a second after they were disposed of',
    ],
    [
      'throws in a handler',
      clientWith({
        onOk: (outcome) => {
          setTimeout(() => {
            throw new Error('in a handler')
          }, 1)
          return outcome
        },
      }),
      'thrown outside of any call: in a handler',
    ],
  ] as const)('that %s is found', async (_, client, sentence) =>
    expect(wrongOf(await findingsOf(client, 'cut')).join('\n')).toContain(sentence),
  )
})
