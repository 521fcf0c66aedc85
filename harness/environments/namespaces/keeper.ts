/**
 * A keeper: a process that only holds a network and a mount namespace, so that they outlive the node's own processes.
 * Inside them, the node's data directory is at a fixed path.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'

/**
 * The path at which each node sees its own data. It is below /run, which the sandbox has as a file system of its own.
 */
export const DATA_DIR = '/run/faultline/data'

export interface Keeper {
  readonly pid: number
  readonly process: ChildProcess
}

/** @param dataDir is bind-mounted at DATA_DIR; null for a keeper that does not belong to a node. */
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
      `A namespace could not be created: ${stderr.trim() || 'unshare ended'}. See \`faultline doctor\`.`,
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
