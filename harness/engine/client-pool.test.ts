import { describe, expect, it } from 'vitest'
import type { Connection } from '../api/client.ts'
import type { Cluster, ClusterNode } from '../api/environment.ts'
import type { Call } from '../api/history.ts'
import { rememberingLog } from '../testing/logs.ts'
import { REGISTER } from '../vocabularies/register.ts'
import { ClientLog } from './client-log.ts'
import { ClientPool } from './client-pool.ts'

const READ: Call = { f: 'read', value: { key: 1 } }

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
    const cluster = {
      nodes: [{ name: 'n1', address: '127.0.0.1' } as ClusterNode],
      services: [],
      clientAddresses: [],
    } as unknown as Cluster
    using log = new ClientLog(rememberingLog())
    await using pool = new ClientPool({
      client: { open },
      vocabulary: REGISTER,
      cluster,
      concurrency: 1,
      options: {},
      log,
      processOf: () => 0,
    })
    const ask = () => pool.invoke(0, READ, AbortSignal.timeout(1000))
    expect([await ask(), await ask()]).toEqual([
      { type: 'ok', value: { key: 1, value: 1 } },
      { type: 'ok', value: { key: 1, value: 1 } },
    ])
    for (const state of opened) state.usable = false
    expect(await ask()).toEqual({ type: 'ok', value: { key: 1, value: 2 } })
    expect(opened).toEqual([
      { usable: false, closed: true },
      { usable: true, closed: false },
    ])
  })
})
