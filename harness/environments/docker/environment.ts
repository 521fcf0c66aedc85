/**
 * `docker`: one container per node on the run's internal network. Each container runs a keeper (an init and a sleep)
 * that holds its namespaces. The node itself is started by exec, so that a kill and restart keeps the network
 * namespace, and with it the faults in force.
 *
 * The controller enters the network namespace of a container on the same network. Containers and network are
 * journalled by label, and removed by label.
 */
import fs from 'node:fs'
import path from 'node:path'
import type Docker from 'dockerode'
import { execa } from 'execa'
import type {
  Cluster,
  Environment,
  HostSpec,
  ProvisionSpec,
  Sandbox,
  SandboxSpec,
} from '../../api/environment.ts'
import type { Options } from '../../api/options.ts'
import type { Target } from '../../api/target.ts'
import { RUN_LABEL, removeLabelled } from '../../faults/containers.ts'
import { UserError } from '../../support/assert.ts'
import { examineHere, whyNotHere } from '../capabilities.ts'
import { clientAddresses, identifyNodes, identifyServices } from '../identities.ts'
import { makeNodeData } from '../process-node.ts'
import { connectDocker, startContainer } from './daemon.ts'
import { requireImage } from './images.ts'
import { addressesOf, labelOf, networkName, prepareDockerNetwork } from './network.ts'
import { DATA_DIR, DockerNode, LOG_DIR } from './node.ts'
import { installDocker, prepareDocker, whyNoDocker } from './preparation.ts'

const withoutImage = (name: string): string => `${name} has no Docker image: run it with --env namespaces.`

const makeNode = async (
  client: Docker,
  spec: ProvisionSpec,
  { identity, launch, image, hostFiles }: HostSpec,
): Promise<DockerNode> => {
  if (image === undefined) throw new UserError(withoutImage(identity.name))
  const tag = await requireImage(image)
  const logDir = path.join(spec.logDir, identity.name)
  fs.mkdirSync(logDir, { recursive: true })
  const { bound, hostDataDir, disk } = await makeNodeData(spec, identity.name)
  const network = networkName(spec.runId)
  const { container, state } = await startContainer(client, identity.name, {
    name: `faultline-${spec.runId}-${identity.name}`,
    Hostname: identity.name,
    Image: tag,
    // Programs run as others only if their specs say so.
    User: '0',
    Labels: { [RUN_LABEL]: spec.runId },
    Entrypoint: ['sleep', 'infinity'],
    Cmd: [],
    HostConfig: {
      Init: true,
      NetworkMode: network,
      Dns: ['127.0.0.1'],
      ExtraHosts: [...spec.nodes, ...spec.services].map(
        ({ identity: { name, address } }) => `${name}:${address}`,
      ),
      Binds: [`${path.resolve(bound)}:${DATA_DIR}`, `${path.resolve(logDir)}:${LOG_DIR}`],
      Mounts: hostFiles.map((file) => ({ Type: 'bind', Source: file, Target: file, ReadOnly: true })),
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: identity.address } } } },
  })
  return new DockerNode({
    identity,
    container,
    journal: spec.journal,
    keeperPid: state.State.Pid,
    hardware: state.NetworkSettings.Networks[network]?.MacAddress || null,
    launch,
    logDir,
    hostDataDir,
    disk,
  })
}

/** The controller runs in the clients' network namespace, which gets one more source address for each client group. */
const addClientAddresses = async (addresses: readonly string[], signal: AbortSignal): Promise<void> => {
  const input = addresses.map((address) => `addr add ${address}/24 dev eth0`).join('\n')
  await execa('ip', ['-batch', '-'], { input: `${input}\n`, cancelSignal: signal })
}

const provision = async (spec: ProvisionSpec, signal: AbortSignal): Promise<Cluster> => {
  const client = await connectDocker()
  const addresses = addressesOf(spec.runId)
  const groups = clientAddresses(addresses, spec.clientGroups)
  await addClientAddresses(groups, signal)
  const nodes = await Promise.all(spec.nodes.map((host) => makeNode(client, spec, host)))
  // Services have plain disks, since disk faults apply to nodes only.
  const plain = { ...spec, disks: null }
  const services = await Promise.all(spec.services.map((host) => makeNode(client, plain, host)))
  return {
    nodes,
    services,
    clientAddresses: groups,
    journal: spec.journal,
    [Symbol.asyncDispose]: async () => {
      for (const host of [...nodes, ...services]) host.thaw()
      await removeLabelled(labelOf(spec.runId))
      for (const host of [...nodes, ...services]) await host.disk?.[Symbol.asyncDispose]()
    },
  }
}

const sandbox = async ({ runId, target, journal }: SandboxSpec): Promise<Sandbox> => {
  if (target.image === undefined) throw new UserError(withoutImage(target.name))
  const { clientsPid } = await prepareDockerNetwork(runId, target.image, journal)
  return { prefix: ['nsenter', '--target', String(clientsPid), '--net', '--'] }
}

/** Every node and every service needs an image. */
const whyNotFor = (target: Target, options: Options): string | null => {
  if (target.image === undefined) return withoutImage(target.name)
  const bare = target.services?.(options).find(({ image }) => image === null)
  return bare === undefined ? null : withoutImage(bare.name)
}

export const docker: Environment = {
  name: 'docker',
  description: 'one container per node, on an internal network of the run',
  autoRank: 1,
  means: 'the daemon answers',
  needsPrograms: false,
  whyNot: whyNoDocker,
  whyNotFor,
  lacks: whyNotHere,
  examine: examineHere,
  inspect: async () => [],
  install: installDocker,
  prepare: prepareDocker,
  sandbox,
  identify: (runId, count) => identifyNodes(addressesOf(runId), DATA_DIR, count),
  identifyServices: (runId, names) => identifyServices(addressesOf(runId), DATA_DIR, names),
  provision,
}
