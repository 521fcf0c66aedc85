/**
 * `namespaces`: nodes are plain processes in Linux network and mount namespaces, without a daemon. The controller
 * itself runs in its own namespaces (`unshare.ts`), and everything that it makes there ends with it. Only cgroups
 * outlive the namespaces, and they are journalled.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { Cluster, Environment, HostSpec, ProvisionSpec } from '../../api/environment.ts'
import { createCgroups } from '../../faults/cgroup/groups.ts'
import { undoEntry } from '../../faults/undo.ts'
import { examineHere, whyNotHere } from '../capabilities.ts'
import { clientAddresses, identifyNodes, identifyServices } from '../identities.ts'
import { makeNodeData } from '../process-node.ts'
import { DATA_DIR, type Keeper, startKeeper } from './keeper.ts'
import { ADDRESSES, buildNetwork, hardwareOf } from './network.ts'
import { NamespaceNode } from './node.ts'
import { findPrograms, installPrograms, MEANS, whyNoNamespaces } from './preparation.ts'
import { inNamespaces } from './unshare.ts'

/** The text of /etc/hosts on every host. */
const hostsOf = (hosts: readonly HostSpec[]): string =>
  [
    '127.0.0.1 localhost',
    '::1 localhost',
    ...hosts.map(({ identity: { address, name } }) => `${address} ${name}`),
    '',
  ].join('\n')

const makeNode = async (
  spec: ProvisionSpec,
  { identity, launch }: HostSpec,
  signal: AbortSignal,
): Promise<NamespaceNode> => {
  const { bound, hostDataDir, disk } = await makeNodeData(spec, identity.name)
  const logDir = path.join(spec.logDir, identity.name)
  fs.mkdirSync(logDir, { recursive: true })
  const hostsFile = path.join(spec.stateDir, 'hosts')
  const keeper = await startKeeper({ name: identity.name, dataDir: bound, hostsFile }, signal)
  const cgroups = createCgroups(`faultline-${spec.runId}-${identity.name}`, spec.journal)
  return new NamespaceNode({
    identity,
    keeperPid: keeper.pid,
    hardware: hardwareOf(identity.address),
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
      for (const directory of node.cgroups.directories) await undoEntry({ kind: 'cgroup', path: directory })
      process.kill(node.keeperPid, 'SIGKILL')
      await node.disk?.[Symbol.asyncDispose]()
    }),
  )
  bridge.process.kill('SIGKILL')
}

const provision = async (spec: ProvisionSpec, signal: AbortSignal): Promise<Cluster> => {
  fs.mkdirSync(DATA_DIR, { recursive: true })
  fs.writeFileSync(path.join(spec.stateDir, 'hosts'), hostsOf([...spec.nodes, ...spec.services]))
  const bridge = await startKeeper(null, signal)
  const nodes = await Promise.all(spec.nodes.map((host) => makeNode(spec, host, signal)))
  // Services have plain disks, since disk faults apply to nodes only.
  const plain = { ...spec, disks: null }
  const services = await Promise.all(spec.services.map((host) => makeNode(plain, host, signal)))
  const hosts = [...nodes, ...services]
  const groups = clientAddresses(ADDRESSES, spec.clientGroups)
  await buildNetwork(
    {
      switchPid: bridge.pid,
      controllerPid: process.pid,
      hosts: hosts.map((host) => ({ pid: host.keeperPid, address: host.address })),
      clientAddresses: groups,
    },
    signal,
  )
  return {
    nodes,
    services,
    clientAddresses: groups,
    journal: spec.journal,
    [Symbol.asyncDispose]: () => dispose(hosts, bridge),
  }
}

export const namespaces: Environment = {
  name: 'namespaces',
  description: 'plain processes in their own network and mount namespaces, without a daemon',
  autoRank: 2,
  means: MEANS,
  needsPrograms: true,
  whyNot: whyNoNamespaces,
  whyNotFor: () => null,
  lacks: whyNotHere,
  examine: examineHere,
  inspect: async () => [findPrograms()],
  install: installPrograms,
  prepare: ({ say }) => installPrograms(say),
  sandbox: async () => ({ prefix: inNamespaces() }),
  identify: (_runId, count) => identifyNodes(ADDRESSES, DATA_DIR, count),
  identifyServices: (_runId, names) => identifyServices(ADDRESSES, DATA_DIR, names),
  provision,
}
