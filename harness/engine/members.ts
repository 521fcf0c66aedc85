/** The cluster's nodes and the services beside it: brought up, and asked whether they serve. */
import fs from 'node:fs'
import path from 'node:path'
import type { ClusterNode } from '../api/environment.ts'
import type { ServiceSpec } from '../api/target.ts'
import { UserError } from '../support/assert.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import { waitUntil } from '../support/wait.ts'

const READY_POLL_MS = 50

/** A node or a service, with its own question whether it serves. */
export interface Member {
  readonly node: ClusterNode
  readonly ready: ServiceSpec['ready']
}

/** False where it does not answer in time. */
export const isReady = async ({ node, ready }: Member): Promise<boolean> => {
  try {
    return await ready({ node: node.name, address: node.address }, AbortSignal.timeout(500))
  } catch {
    return false
  }
}

/** Names of the members that are not ready when the time is over; none means all are up. */
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

/** Members whose processes ended while they should be starting. */
const findExited = async (members: readonly Member[]): Promise<readonly ClusterNode[]> => {
  const running = await Promise.all(members.map(({ node }) => node.processes()))
  return members.filter((_, i) => running[i]?.length === 0).map(({ node }) => node)
}

/** The last lines a node said, for the person who has to find out why. */
const lastWords = (logDir: string, node: ClusterNode): string => {
  const directory = path.join(logDir, node.name)
  if (!fs.existsSync(directory)) return ''
  const lines = fs
    .readdirSync(directory)
    .flatMap((file) => fs.readFileSync(path.join(directory, file), 'utf8').trim().split('\n'))
  return lines.slice(-5).join('\n')
}

export interface StartOptions {
  readonly target: string
  readonly readyTimeoutMs: number
  readonly logDir: string
  /** False where members are not processes, and cannot be seen to have ended. */
  readonly hasProcesses: boolean
  readonly signal: AbortSignal
}

/** Starts them and waits until all are ready; what did not come up is told with its last words. */
export const startMembers = async (members: readonly Member[], options: StartOptions): Promise<void> => {
  const { target, readyTimeoutMs, logDir, hasProcesses, signal } = options
  await Promise.all(members.map(({ node }) => node.start(signal)))
  const deadlineMs = performance.now() + readyTimeoutMs
  for (;;) {
    const notReady = await awaitReady(members, Math.min(500, deadlineMs - performance.now()), signal)
    if (notReady.length === 0) return
    const [exited] = hasProcesses ? await findExited(members) : []
    if (exited !== undefined) {
      throw new UserError(
        `${target}: ${exited.name} ended while it was starting. Its last words:\n${lastWords(logDir, exited)}`,
        EXIT_CODES.harnessFailed,
      )
    }
    if (performance.now() < deadlineMs) continue
    throw new UserError(
      `${target}: ${notReady.join(', ')} did not become ready within ${readyTimeoutMs / 1000} s (--ready-timeout). ` +
        `What was said is in ${logDir}.`,
      EXIT_CODES.harnessFailed,
    )
  }
}
