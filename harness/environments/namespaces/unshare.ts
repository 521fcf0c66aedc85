/**
 * Runs a command in its own network, mount and pid namespaces. When unshare ends, `--kill-child` kills the command, and
 * with it every process inside.
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

/** A prefix that runs a command line in its own namespaces; without root, through a user namespace. */
export const inNamespaces = (): readonly [string, ...string[]] => {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  // It gets its own /run, so that iptables' lock and the nodes' data path are not on the host.
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
