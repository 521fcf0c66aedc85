/**
 * Namespaces of its own for a command: network, mounts and processes. `unshare --kill-child` ends the command, and
 * with it every process inside, when unshare itself ends.
 */
import { execa } from 'execa'

const NAMESPACES = [
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  '--propagation',
  'private',
]

/** A command line that runs another in namespaces of its own; without root through a user namespace. */
export const inNamespaces = (): readonly [string, ...string[]] => {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  // /run of its own: iptables' lock and the nodes' data path are not the host's.
  return [
    'unshare',
    ...user,
    ...NAMESPACES,
    'sh',
    '-c',
    'mount -t tmpfs -o mode=755 tmpfs /run && exec "$@"',
    'sh',
  ]
}

const TRIAL_TIMEOUT_MS = 10_000

/** Whether a shell script succeeds in fresh namespaces. */
export const worksInNamespaces = async (script: string): Promise<boolean> => {
  const [command, ...args] = inNamespaces()
  const { exitCode } = await execa(command, [...args, 'sh', '-c', script], {
    reject: false,
    timeout: TRIAL_TIMEOUT_MS,
  })
  return exitCode === 0
}
