/**
 * The docker environment's network. It is internal: containers reach nothing else, and there is no default route out.
 * Addresses are static and in 198.18.0.0/15. One container holds the clients' network namespace. The controller enters
 * that namespace, so that clients have their own source addresses and the host gets none.
 */
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type Docker from 'dockerode'
import type { UndoJournal } from '../../api/journal.ts'
import { RUN_LABEL } from '../../faults/containers.ts'
import { stateDirOf } from '../../faults/journal.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import type { Addresses } from '../identities.ts'
import { connectDocker, startContainer } from './daemon.ts'
import { requireImage } from './images.ts'

export const labelOf = (runId: string): string => `${RUN_LABEL}=${runId}`
export const networkName = (runId: string): string => `faultline-${runId}`

const SUBNETS = 96

/** All of 198.18.16.0 to 198.18.111.0. The run's id decides which comes first, so that concurrent runs rarely meet. */
const candidatesFor = (runId: string): readonly string[] => {
  const first = crypto.createHash('sha256').update(runId).digest()[0] as number
  return Array.from({ length: SUBNETS }, (_, i) => `198.18.${16 + ((first + i) % SUBNETS)}`)
}

/** Holds the subnet that the network got, for the controller. It goes with the run's state directory. */
const subnetFile = (runId: string): string => path.join(stateDirOf(runId), 'subnet')

/** The first candidate until the network exists. */
const subnetOf = (runId: string): string => {
  try {
    return fs.readFileSync(subnetFile(runId), 'latin1')
  } catch {
    return candidatesFor(runId)[0] as string
  }
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

/** Docker refuses a subnet that overlaps with another network, for instance a concurrent run's. Then the next is tried. */
const createNetwork = async (docker: Docker, runId: string): Promise<void> => {
  for (const subnet of candidatesFor(runId)) {
    try {
      await docker.createNetwork({
        Name: networkName(runId),
        Internal: true,
        Labels: { [RUN_LABEL]: runId },
        IPAM: { Driver: 'default', Config: [{ Subnet: `${subnet}.0/24`, Gateway: `${subnet}.254` }] },
      })
      fs.writeFileSync(subnetFile(runId), subnet)
      return
    } catch (error) {
      if (!messageOf(error).includes('overlaps')) throw error
    }
  }
  throw new UserError(
    'Every subnet for a run is in use: `docker network ls` lists the networks, `faultline clean` removes those of dead runs.',
    EXIT_CODES.harnessFailed,
  )
}

/** Creates the network and the clients' container. Both are journalled first, by label. */
export const prepareDockerNetwork = async (
  runId: string,
  image: string,
  journal: UndoJournal,
): Promise<{ readonly clientsPid: number }> => {
  const tag = await requireImage(image)
  const docker = await connectDocker()
  journal.record({ kind: 'container', label: labelOf(runId) })
  await createNetwork(docker, runId)
  const { control } = addressesOf(runId)
  const { state } = await startContainer(docker, 'the clients', {
    name: `faultline-${runId}-clients`,
    Image: tag,
    User: '0',
    Labels: { [RUN_LABEL]: runId },
    Entrypoint: ['sleep', 'infinity'],
    Cmd: [],
    HostConfig: { Init: true, NetworkMode: networkName(runId), Dns: ['127.0.0.1'] },
    NetworkingConfig: {
      EndpointsConfig: { [networkName(runId)]: { IPAMConfig: { IPv4Address: control } } },
    },
  })
  return { clientsPid: state.State.Pid }
}
