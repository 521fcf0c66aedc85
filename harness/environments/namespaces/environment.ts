/**
 * `namespaces`: nodes as plain processes in Linux network and mount namespaces, without a daemon. Runs inside the
 * sandbox that `sandbox.ts` describes; what it makes dies with it. Only cgroups outlive a sandbox, and they are
 * journalled.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { Cluster, Environment, HostSpec, ProvisionSpec } from '../../api/environment.ts'
import type { NodeIdentity } from '../../api/target.ts'
import { createCgroups } from '../../faults/cgroup.ts'
import { undoEntry } from '../../faults/undo.ts'
import { whyNotHere } from '../capabilities.ts'
import { makeNodeData } from '../process-node.ts'
import { DATA_DIR, type Keeper, startKeeper } from './keeper.ts'
import { buildNetwork, CONTROL_ADDRESS, clientAddress, nodeAddress, serviceAddress } from './network.ts'
import { NamespaceNode } from './node.ts'

const identify = (count: number): readonly NodeIdentity[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `n${i + 1}`,
    index: i + 1,
    address: nodeAddress(i + 1),
    dataDir: DATA_DIR,
  }))

const identifyServices = (names: readonly string[]): readonly NodeIdentity[] =>
  names.map((name, i) => ({ name, index: i + 1, address: serviceAddress(i + 1), dataDir: DATA_DIR }))

const makeNode = async (
  spec: ProvisionSpec,
  { identity, launch }: HostSpec,
  signal: AbortSignal,
): Promise<NamespaceNode> => {
  const { bound, hostDataDir, disk } = await makeNodeData(spec, identity.name)
  const logDir = path.join(spec.logDir, identity.name)
  fs.mkdirSync(logDir, { recursive: true })
  const keeper = await startKeeper(bound, signal)
  const cgroups = createCgroups(`faultline-${spec.runId}-${identity.name}`, spec.journal)
  return new NamespaceNode({
    identity,
    keeperPid: keeper.pid,
    launch,
    logDir,
    hostDataDir,
    disk,
    cgroups,
  })
}

const dispose = async (nodes: readonly NamespaceNode[], bridge: Keeper): Promise<void> => {
  const signal = AbortSignal.timeout(20_000)
  await Promise.all(
    nodes.map(async (node) => {
      await node.kill(signal)
      for (const directory of Object.values(node.cgroups))
        await undoEntry({ kind: 'cgroup', path: directory })
      process.kill(node.keeperPid, 'SIGKILL')
      await node.disk?.[Symbol.asyncDispose]()
    }),
  )
  bridge.process.kill('SIGKILL')
}

const provision = async (spec: ProvisionSpec, signal: AbortSignal): Promise<Cluster> => {
  fs.mkdirSync(DATA_DIR, { recursive: true })
  const bridge = await startKeeper(null, signal)
  const nodes = await Promise.all(spec.nodes.map((host) => makeNode(spec, host, signal)))
  // What stands beside the cluster keeps its disk.
  const plain = { ...spec, disks: null }
  const services = await Promise.all(spec.services.map((host) => makeNode(plain, host, signal)))
  const hosts = [...nodes, ...services]
  const clientAddresses = Array.from({ length: spec.clientGroups }, (_, group) => clientAddress(group))
  await buildNetwork(
    {
      switchPid: bridge.pid,
      controllerPid: process.pid,
      hosts: hosts.map((host) => ({ pid: host.keeperPid, address: host.address })),
      clientAddresses,
    },
    signal,
  )
  return {
    nodes,
    services,
    clientAddresses,
    controlAddress: CONTROL_ADDRESS,
    journal: spec.journal,
    [Symbol.asyncDispose]: () => dispose(hosts, bridge),
  }
}

export const namespaces: Environment = {
  name: 'namespaces',
  lacks: whyNotHere,
  identify,
  identifyServices,
  provision,
}
