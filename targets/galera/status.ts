/** What a node says of itself, asked by SQL through the control path. */
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { connectTo } from './connect.ts'

/** Status variables by name, and the server's version. */
export type GaleraState = Readonly<Record<string, string>>

const STATE = 'SHOW GLOBAL STATUS WHERE Variable_name LIKE "wsrep%"'

const stateOf = async (node: Endpoint, signal: AbortSignal): Promise<GaleraState> => {
  const session = await connectTo(node, undefined, signal)
  try {
    const { rows } = await session.ask(STATE, [], signal)
    return Object.fromEntries(
      rows.map(({ Variable_name: name, Value: value }) => [String(name), String(value)]),
    )
  } finally {
    session.quit()
  }
}

/** It belongs to the primary component and has caught up with it. */
export const serves = (state: GaleraState): boolean =>
  state.wsrep_ready === 'ON' &&
  state.wsrep_cluster_status === 'Primary' &&
  state.wsrep_local_state_comment === 'Synced'

/** All nodes are equal, so none leads. A node outside the primary component looks for one. */
export const statusFrom = (state: GaleraState): NodeStatus => {
  const position = Number(state.wsrep_last_committed)
  return {
    role: state.wsrep_cluster_status === 'Primary' ? 'unknown' : 'candidate',
    ...(serves(state) && position >= 0 ? { appliedIndex: position } : {}),
    ...(state.wsrep_provider_version === undefined ? {} : { version: state.wsrep_provider_version }),
  }
}

export const statusOf = async (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> =>
  statusFrom(await stateOf(node, signal))

export const isReady = async (node: Endpoint, signal: AbortSignal): Promise<boolean> =>
  serves(await stateOf(node, signal))
