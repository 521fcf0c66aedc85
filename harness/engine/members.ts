/**
 * Members are the cluster's nodes and the services beside it. This module starts them and checks whether they are
 * ready.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { ClusterNode } from '../api/environment.ts'
import type { ServiceSpec } from '../api/target.ts'
import { UserError } from '../support/assert.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import { lastLinesOf } from '../support/last-lines.ts'
import { waitUntil } from '../support/wait.ts'

const READY_POLL_MS = 50

/** A node or a service, with the check of whether it is ready. */
export interface Member {
  readonly node: ClusterNode
  readonly ready: ServiceSpec['ready']
}

/** False if it does not answer within 500 ms. */
export const isReady = async ({ node, ready }: Member): Promise<boolean> => {
  try {
    return await ready({ node: node.name, address: node.address }, AbortSignal.timeout(500))
  } catch {
    return false
  }
}

/** Waits until all members are ready. Returns the names of those that are not ready when the time is over. */
export const awaitReady = async (
  members: readonly Member[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  let notReady: readonly string[] = []
  const check = async (): Promise<boolean> => {
    const ready = await Promise.all(members.map(isReady))
    notReady = members.filter((_, i) => ready[i] === false).map(({ node }) => node.name)
    return notReady.length === 0
  }
  await waitUntil(check, timeoutMs, READY_POLL_MS, signal)
  return notReady
}

/** Members without a running process. */
const findExited = async (members: readonly Member[]): Promise<readonly ClusterNode[]> => {
  const running = await Promise.all(members.map(({ node }) => node.processes()))
  return members.filter((_, i) => running[i]?.length === 0).map(({ node }) => node)
}

/** The last lines of all logs of a node. */
const lastLogLines = (logDir: string, node: ClusterNode): string => {
  const directory = path.join(logDir, node.name)
  if (!fs.existsSync(directory)) return ''
  return fs
    .readdirSync(directory)
    .map((file) => lastLinesOf(path.join(directory, file), 5))
    .join('\n')
}

export interface StartOptions {
  readonly target: string
  readonly readyTimeoutMs: number
  readonly logDir: string
  /** False if members are not processes, so that they cannot be seen to have ended. */
  readonly hasProcesses: boolean
  /** The last error of a member's readiness check; null: it had none. */
  lastError(member: string): string | null
  readonly signal: AbortSignal
}

/**
 * Starts the members and waits until all are ready.
 *
 * @throws UserError (target failed) if one ended, with its last log lines, or is not ready in time.
 */
export const startMembers = async (members: readonly Member[], options: StartOptions): Promise<void> => {
  const { target, readyTimeoutMs, logDir, hasProcesses, lastError, signal } = options
  await Promise.all(members.map(({ node }) => node.start(signal)))
  const deadlineMs = performance.now() + readyTimeoutMs
  for (;;) {
    const notReady = await awaitReady(members, Math.min(500, deadlineMs - performance.now()), signal)
    if (notReady.length === 0) return
    const [exited] = hasProcesses ? await findExited(members) : []
    if (exited !== undefined) {
      throw new UserError(
        `${target}: ${exited.name} ended while it was starting. The last lines of its log:\n${lastLogLines(logDir, exited)}`,
        EXIT_CODES.targetFailed,
      )
    }
    if (performance.now() < deadlineMs) continue
    const error = lastError(notReady[0] as string)
    throw new UserError(
      `${target}: ${notReady.join(', ')} did not become ready within ${readyTimeoutMs / 1000} s (--ready-timeout). ` +
        `${error === null ? '' : `The last error of the readiness check of ${notReady[0]}: ${error}. `}See the logs in ${logDir}.`,
      EXIT_CODES.targetFailed,
    )
  }
}
