/**
 * `docker`: one container a node on the run's internal network. Each container runs a keeper (an init and a sleep)
 * that holds its namespaces; the node itself is started by exec, so that a kill and restart keeps the network
 * namespace, and with it the faults in force.
 */
import fs from 'node:fs'
import path from 'node:path'
import type Docker from 'dockerode'
import { execa } from 'execa'
import type { Cluster, Environment, HostSpec, ProvisionSpec } from '../../api/environment.ts'
import { RUN_LABEL, removeLabelled } from '../../faults/containers.ts'
import { UserError } from '../../support/assert.ts'
import { whyNotHere } from '../capabilities.ts'
import { makeNodeData } from '../process-node.ts'
import { connectDocker } from './daemon.ts'
import { imageTag } from './images.ts'
import { addressesOf, labelOf, networkName, requireImage } from './network.ts'
import { DATA_DIR, DockerNode, LOG_DIR } from './node.ts'

const makeNode = async (
  docker: Docker,
  spec: ProvisionSpec,
  { identity, launch, image }: HostSpec,
): Promise<DockerNode> => {
  if (image === undefined)
    throw new UserError(`${identity.name} has no Docker image: run it with --env namespaces.`)
  await requireImage(docker, imageTag(image))
  const logDir = path.join(spec.logDir, identity.name)
  fs.mkdirSync(logDir, { recursive: true })
  const { bound, hostDataDir, disk } = await makeNodeData(spec, identity.name)
  const network = networkName(spec.runId)
  const container = await docker.createContainer({
    name: `faultline-${spec.runId}-${identity.name}`,
    Hostname: identity.name,
    Image: imageTag(image),
    Labels: { [RUN_LABEL]: spec.runId },
    Entrypoint: ['sleep', 'infinity'],
    Cmd: [],
    HostConfig: {
      Init: true,
      NetworkMode: network,
      Dns: ['127.0.0.1'],
      Binds: [`${path.resolve(bound)}:${DATA_DIR}`, `${path.resolve(logDir)}:${LOG_DIR}`],
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: identity.address } } } },
  })
  await container.start()
  const { State, Id } = await container.inspect()
  return new DockerNode({
    identity,
    container,
    containerId: Id,
    keeperPid: State.Pid,
    launch,
    hostDataDir,
    disk,
  })
}

/** The controller stands in the clients' namespace: one more source address for each group. */
const addClientAddresses = async (addresses: readonly string[], signal: AbortSignal): Promise<void> => {
  const input = addresses.map((address) => `addr add ${address}/24 dev eth0`).join('\n')
  await execa('ip', ['-batch', '-'], { input: `${input}\n`, cancelSignal: signal })
}

const provision = async (spec: ProvisionSpec, signal: AbortSignal): Promise<Cluster> => {
  const docker = await connectDocker()
  const addresses = addressesOf(spec.runId)
  const clientAddresses = Array.from({ length: spec.clientGroups }, (_, group) => addresses.client(group))
  await addClientAddresses(clientAddresses, signal)
  const nodes = await Promise.all(spec.nodes.map((host) => makeNode(docker, spec, host)))
  // What stands beside the cluster keeps its disk.
  const plain = { ...spec, disks: null }
  const services = await Promise.all(spec.services.map((host) => makeNode(docker, plain, host)))
  return {
    nodes,
    services,
    clientAddresses,
    controlAddress: addresses.control,
    journal: spec.journal,
    [Symbol.asyncDispose]: async () => {
      for (const host of [...nodes, ...services]) host.thaw()
      await removeLabelled(labelOf(spec.runId))
      for (const host of [...nodes, ...services]) await host.disk?.[Symbol.asyncDispose]()
    },
  }
}

export const dockerEnvironment = (runId: string): Environment => ({
  name: 'docker',
  lacks: whyNotHere,
  identify: (count) => {
    const addresses = addressesOf(runId)
    return Array.from({ length: count }, (_, i) => ({
      name: `n${i + 1}`,
      index: i + 1,
      address: addresses.node(i + 1),
      dataDir: DATA_DIR,
    }))
  },
  identifyServices: (names) => {
    const addresses = addressesOf(runId)
    return names.map((name, i) => ({
      name,
      index: i + 1,
      address: addresses.service(i + 1),
      dataDir: DATA_DIR,
    }))
  },
  provision,
})
