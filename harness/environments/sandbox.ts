/**
 * The sandbox of a run: how the controller is re-executed so that its death takes everything with it.
 *
 * For `namespaces` it is a process in a network, mount and pid namespace of its own, under `unshare --kill-child`:
 * when the parent dies, so does unshare (setpriv's parent-death signal), and with it every process inside. For
 * `docker` the controller enters the network namespace of a container on the cluster's own network; the
 * containers are swept by label.
 */
import type { UndoJournal } from '../api/journal.ts'
import type { RunSpec } from '../api/record.ts'
import { UserError } from '../support/assert.ts'
import { prepareDockerNetwork } from './docker/network.ts'

export interface Sandbox {
  /** Put before the controller's own command line. */
  readonly prefix: readonly string[]
}

const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--']

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
export const inNamespaces = (): readonly string[] => {
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

const namespaceSandbox = (): Sandbox => ({ prefix: [...DIE_WITH_PARENT, ...inNamespaces()] })

const dockerSandbox = async (
  spec: RunSpec,
  image: string | undefined,
  journal: UndoJournal,
): Promise<Sandbox> => {
  if (image === undefined)
    throw new UserError(`${spec.target} has no Docker image: run it with --env namespaces.`)
  const { clientsPid } = await prepareDockerNetwork(spec, image, journal)
  return { prefix: [...DIE_WITH_PARENT, 'nsenter', '--target', String(clientsPid), '--net', '--'] }
}

export const createSandbox = (
  spec: RunSpec,
  image: string | undefined,
  journal: UndoJournal,
): Promise<Sandbox> | Sandbox =>
  spec.environment === 'docker' ? dockerSandbox(spec, image, journal) : namespaceSandbox()
