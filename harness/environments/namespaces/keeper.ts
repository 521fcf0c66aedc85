/**
 * A keeper: a process that does nothing but hold a network and a mount namespace, so that these outlive the node's
 * own processes. Inside, the node's data directory stands at a fixed path.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'

/** Where each node sees its own data. Below /run, which is a file system of the sandbox's own. */
export const DATA_DIR = '/run/faultline/data'

export interface Keeper {
  readonly pid: number
  readonly process: ChildProcess
}

/** @param dataDir bind-mounted at DATA_DIR; null for a keeper that is no node. */
export const startKeeper = async (dataDir: string | null, signal: AbortSignal): Promise<Keeper> => {
  const mount = dataDir === null ? '' : `mount --bind "$0" ${DATA_DIR} && `
  const script = `${mount}echo ready && exec sleep infinity`
  const child = spawn(
    'unshare',
    ['--net', '--mount', '--propagation', 'private', 'sh', '-c', script, dataDir ?? 'sh'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  )
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const exited = once(child, 'exit').then(() => {
    throw new UserError(
      `A namespace could not be made: ${stderr.trim() || 'unshare ended'}. See \`faultline doctor\`.`,
      EXIT_CODES.harnessFailed,
    )
  })
  const failed = once(child, 'error').then(([error]) => {
    throw error
  })
  await Promise.race([once(child.stdout, 'data', { signal }), exited, failed])
  exited.catch(() => {})
  failed.catch(() => {})
  return { pid: child.pid as number, process: child }
}
