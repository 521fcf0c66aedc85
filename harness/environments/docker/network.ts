/**
 * The docker environment's network. It is internal: containers reach nothing else, and there is no default route out.
 * Addresses are static and in 198.18.0.0/15. One container holds the clients' network namespace. The controller enters
 * that namespace, so that clients have their own source addresses and the host gets none.
 */
import crypto from 'node:crypto'
import type Docker from 'dockerode'
import type { UndoJournal } from '../../api/journal.ts'
import { RUN_LABEL } from '../../faults/containers.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import type { Addresses } from '../identities.ts'
import { connectDocker } from './daemon.ts'

export const labelOf = (runId: string): string => `${RUN_LABEL}=${runId}`
export const networkName = (runId: string): string => `faultline-${runId}`

/** 198.18.16.0 to 198.18.111.0, by the run's id. Concurrent runs rarely get the same one; Docker refuses an overlap. */
const subnetOf = (runId: string): string => {
  const byte = crypto.createHash('sha256').update(runId).digest()[0] as number
  return `198.18.${16 + (byte % 96)}`
}

export const addressesOf = (runId: string): Addresses => {
  const subnet = subnetOf(runId)
  return {
    node: (index) => `${subnet}.${1 + index}`,
    service: (index) => `${subnet}.${200 + index}`,
    client: (group) => `${subnet}.${101 + group}`,
    control: `${subnet}.250`,
  }
}

export const requireImage = async (docker: Docker, image: string): Promise<void> => {
  try {
    await docker.getImage(image).inspect()
  } catch {
    throw new UserError(
      `The image ${image} does not exist: build it with \`faultline prepare docker\`.`,
      EXIT_CODES.harnessFailed,
    )
  }
}

/** Creates the network and the clients' container. Both are journalled first, by label. */
export const prepareDockerNetwork = async (
  runId: string,
  image: string,
  journal: UndoJournal,
): Promise<{ readonly clientsPid: number }> => {
  const docker = await connectDocker()
  await requireImage(docker, image)
  journal.record({ kind: 'container', label: labelOf(runId) })
  const labels = { [RUN_LABEL]: runId }
  const subnet = subnetOf(runId)
  await docker.createNetwork({
    Name: networkName(runId),
    Internal: true,
    Labels: labels,
    IPAM: { Driver: 'default', Config: [{ Subnet: `${subnet}.0/24`, Gateway: `${subnet}.254` }] },
  })
  const { control } = addressesOf(runId)
  const container = await docker.createContainer({
    name: `faultline-${runId}-clients`,
    Image: image,
    Labels: labels,
    Entrypoint: ['sleep', 'infinity'],
    Cmd: [],
    HostConfig: { Init: true, NetworkMode: networkName(runId), Dns: ['127.0.0.1'] },
    NetworkingConfig: {
      EndpointsConfig: { [networkName(runId)]: { IPAMConfig: { IPv4Address: control } } },
    },
  })
  await container.start()
  const { State } = await container.inspect()
  return { clientsPid: State.Pid }
}
