import { describe, expect, it } from 'vitest'
import type { Client, Connection } from '../api/client.ts'
import type { Cluster, ClusterNode } from '../api/environment.ts'
import type { Call, Outcome } from '../api/history.ts'
import { sleep } from '../support/wait.ts'
import { rememberingLog } from '../testing/logs.ts'
import { REGISTER } from '../vocabularies/register.ts'
import { ClientLog } from './client-log.ts'
import { ClientPool } from './client-pool.ts'
import { ErrorTally } from './error-tally.ts'

const READ: Call = { f: 'read', value: { key: 1 } }

const cluster = {
  nodes: [{ name: 'n1', address: '127.0.0.1' } as ClusterNode],
  services: [],
  clientAddresses: [],
} as unknown as Cluster

const poolOf = (open: Client['open'], errors = new ErrorTally()): ClientPool =>
  new ClientPool({
    client: { open },
    vocabulary: REGISTER,
    cluster,
    concurrency: 1,
    options: {},
    log: new ClientLog(rememberingLog()),
    errors,
    processOf: () => 0,
  })

const ask = (pool: ClientPool, signal = AbortSignal.timeout(1000)): Promise<Outcome> =>
  pool.invoke(0, READ, signal)

/** A client whose every call is answered by `invoke`. */
const answering =
  (invoke: Connection['invoke'], close = async () => {}): Client['open'] =>
  async () => ({ invoke, [Symbol.asyncDispose]: close })

const OK: Outcome = { type: 'ok', value: { key: 1, value: 1 } }

describe('the pool of clients', () => {
  it('replaces a connection that can no longer send, and keeps one that can', async () => {
    const opened: { usable: boolean; closed: boolean }[] = []
    const open = async (): Promise<Connection> => {
      const state = { usable: true, closed: false }
      const number = opened.push(state)
      return {
        invoke: async () => ({ type: 'ok', value: { key: 1, value: number } }),
        canSend: () => state.usable,
        [Symbol.asyncDispose]: async () => {
          state.closed = true
        },
      }
    }
    await using pool = poolOf(open)
    expect([await ask(pool), await ask(pool)]).toEqual([
      { type: 'ok', value: { key: 1, value: 1 } },
      { type: 'ok', value: { key: 1, value: 1 } },
    ])
    for (const state of opened) state.usable = false
    expect(await ask(pool)).toEqual({ type: 'ok', value: { key: 1, value: 2 } })
    expect(opened).toEqual([
      { usable: false, closed: true },
      { usable: true, closed: false },
    ])
  })
})

describe('a client that misbehaves', () => {
  it.each([
    ['answers of another key', { type: 'ok', value: { key: 2, value: 1 } }, 'its key is 2'],
    ['no outcome', undefined, 'the outcome is nothing'],
    ['an unknown type', { type: 'OK', value: { key: 1, value: 1 } }, 'type'],
  ])('by %s leaves the call in doubt, and says why', async (_, answer, why) => {
    await using pool = poolOf(answering(async () => answer as Outcome))
    expect(await ask(pool)).toEqual({
      type: 'info',
      error: expect.stringMatching(`^the answer does not fit the call: .*${why}`),
      meta: { misfit: true },
    })
  })

  it('by opening nothing has sent nothing', async () => {
    await using pool = poolOf(async () => undefined as unknown as Connection)
    expect(await ask(pool)).toEqual({ type: 'fail', error: 'not connected: open returned no connection' })
  })

  it('by opening too late gets its connection closed, and another is opened', async () => {
    const states: string[] = []
    const open = async (): Promise<Connection> => {
      const number = states.push('open')
      if (number === 1) await sleep(50)
      return {
        invoke: async () => OK,
        [Symbol.asyncDispose]: async () => {
          states[number - 1] = 'closed'
        },
      }
    }
    await using pool = poolOf(open)
    const controller = new AbortController()
    const late = ask(pool, controller.signal)
    controller.abort()
    expect(await ask(pool)).toEqual(OK)
    expect(await late).toMatchObject({ type: 'fail' })
    expect(states).toEqual(['closed', 'open'])
  })

  it('by never closing is not waited for, and counted', async () => {
    const errors = new ErrorTally()
    const pool = poolOf(
      answering(
        async () => OK,
        () => new Promise(() => {}),
      ),
      errors,
    )
    await ask(pool)
    await pool[Symbol.asyncDispose]()
    const message = 'a connection did not close within # s'
    expect(errors.list()).toEqual([{ source: 'client', node: 'n1', message, count: 1 }])
  })
})
