/** What the harness asks a node through the control path. */
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { JsonHttp } from '../http.ts'
import { messageInLine } from './message-lines.ts'
import { CLIENT_PORT } from './wire.ts'

const control = new JsonHttp()

export const askNode = async (
  address: string,
  method: 'GET' | 'POST',
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const result = await control.request(`http://${address}:${CLIENT_PORT}`, method, path, body, signal)
  if (result.type !== 'response') throw new Error(result.error)
  return result
}

const fullStatus = async (address: string, signal: AbortSignal): Promise<NodeStatus & { ready: boolean }> =>
  (await askNode(address, 'GET', '/status', undefined, signal)).body as NodeStatus & { ready: boolean }

/** What every target of bundled nodes has. */
export const bundledNodes = {
  /** The nodes are this project's own. */
  programs: {},
  ready: async ({ address }: Endpoint, signal: AbortSignal): Promise<boolean> =>
    (await fullStatus(address, signal)).ready,
  status: async ({ address }: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
    const { ready: _, ...status } = await fullStatus(address, signal)
    return status
  },
  loggedMessages: (options: { readonly 'log-messages': boolean }): typeof messageInLine | null =>
    options['log-messages'] ? messageInLine : null,
}
