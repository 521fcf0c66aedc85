/** What the target's hooks say of nodes that serve, are down, or are stopped. */
import type { ClusterNode } from '../../api/environment.ts'
import type { Target } from '../../api/target.ts'
import { messageOf } from '../../support/assert.ts'
import { sleep } from '../../support/wait.ts'
import type { HookSeen } from './observations.ts'

/** When a run aborts them. */
const LIMITS_MS = { ready: 500, status: 300 } as const
/** How long they may take to settle after that. */
const SETTLE_MS = 1000

const askHook = async (
  target: Target,
  hook: HookSeen['hook'],
  node: ClusterNode,
  state: HookSeen['state'],
): Promise<HookSeen> => {
  const limitMs = LIMITS_MS[hook]
  const endpoint = { node: node.name, address: node.address }
  const signal = AbortSignal.timeout(limitMs)
  const beganMs = performance.now()
  const seen = { hook, state, node: node.name, limitMs } as const
  const tookMs = (): number => Math.round(performance.now() - beganMs)
  const ask = async (): Promise<unknown> => target[hook]?.(endpoint, signal)
  const answer = ask().then(
    (said): HookSeen => ({ ...seen, said, rejected: null, tookMs: tookMs() }),
    (error: unknown): HookSeen => ({ ...seen, said: null, rejected: messageOf(error), tookMs: tookMs() }),
  )
  const never = sleep(limitMs + SETTLE_MS).then(
    (): HookSeen => ({ ...seen, said: null, rejected: null, tookMs: null }),
  )
  return Promise.race([answer, never])
}

/** Both hooks, or the one that the target has. */
export const askHooks = async (
  target: Target,
  node: ClusterNode,
  state: HookSeen['state'],
): Promise<readonly HookSeen[]> => [
  await askHook(target, 'ready', node, state),
  ...(target.status === undefined ? [] : [await askHook(target, 'status', node, state)]),
]
