/**
 * A keeper: a process that only holds namespaces, so that they outlive the node's own processes. Inside them, the node's
 * data directory is at a fixed path, and what programs share by habit is the node's own: host name, /etc/hosts with all
 * nodes, /dev/shm, and /tmp, which begins with what is in the machine's /tmp (programs may be there).
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

/** What a node's keeper is for. */
export interface KeptNode {
  readonly name: string
  /** Is bind-mounted at DATA_DIR. */
  readonly dataDir: string
  /** Is bind-mounted at /etc/hosts. */
  readonly hostsFile: string
}

/**
 * Its arguments are the name, the data directory and the file of hosts. Where overlays are not allowed, /tmp stays shared.
 */
const MAKE_OWN = `
set -e
mount --bind "$2" ${DATA_DIR}
mount --bind "$3" /etc/hosts
hostname "$1"
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
own=/run/faultline/tmp/$1
mkdir -p "$own/upper" "$own/work"
chmod 1777 "$own/upper"
mount -t overlay -o "lowerdir=/tmp,upperdir=$own/upper,workdir=$own/work" overlay /tmp 2>/dev/null || true
`
const HOLD = 'echo ready && exec sleep infinity'

/** The kinds of namespaces that it holds, as options of nsenter. */
export const KEPT = ['--net', '--mount', '--uts', '--ipc']

/** @param node null for a keeper that does not belong to a node. */
export const startKeeper = async (node: KeptNode | null, signal: AbortSignal): Promise<Keeper> => {
  const [script, parameters] =
    node === null ? [HOLD, []] : [MAKE_OWN + HOLD, [node.name, node.dataDir, node.hostsFile]]
  const child = spawn(
    'unshare',
    [...KEPT, '--propagation', 'private', 'sh', '-c', script, 'sh', ...parameters],
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
