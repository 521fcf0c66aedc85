/**
 * The network of the namespaces environment: one network namespace per node, joined by a bridge in another namespace.
 * The controller's end has one address for the control path and one for each client group. There is no route out. All of
 * this exists in the sandbox's namespaces and ends with them.
 */
import { execa } from 'execa'
import type { Addresses } from '../identities.ts'

const SUBNET = '198.18.0'

/** The same in every run, since each run has its own networks. */
export const ADDRESSES: Addresses = {
  node: (index) => `${SUBNET}.${index}`,
  service: (index) => `${SUBNET}.${200 + index}`,
  client: (group) => `${SUBNET}.${101 + group}`,
  control: `${SUBNET}.250`,
}

/** Runs `ip` commands in the network namespace of a process. */
const ipBatch = async (pid: number, commands: readonly string[], signal: AbortSignal): Promise<void> => {
  await execa('nsenter', ['--target', String(pid), '--net', 'ip', '-batch', '-'], {
    input: `${commands.join('\n')}\n`,
    cancelSignal: signal,
  })
}

/** A locally administered Ethernet address, from the last two parts of the IP address. */
export const hardwareOf = (address: string): string => {
  const parts = address
    .split('.')
    .slice(2)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
  return `02:00:00:00:${parts.join(':')}`
}

export interface NetworkSpec {
  readonly switchPid: number
  readonly controllerPid: number
  readonly hosts: readonly { readonly pid: number; readonly address: string }[]
  readonly clientAddresses: readonly string[]
}

export const buildNetwork = async (spec: NetworkSpec, signal: AbortSignal): Promise<void> => {
  const plug = (name: string, pid: number, address: string): string[] => [
    `link add ${name} type veth peer name eth0 address ${hardwareOf(address)} netns ${pid}`,
    `link set ${name} master br0 up`,
  ]
  await ipBatch(
    spec.switchPid,
    [
      'link add br0 type bridge',
      'link set br0 up',
      ...spec.hosts.flatMap((host, i) => plug(`h${i + 1}`, host.pid, host.address)),
      ...plug('control', spec.controllerPid, ADDRESSES.control),
    ],
    signal,
  )
  const configure = (pid: number, addresses: readonly string[]): Promise<void> =>
    ipBatch(
      pid,
      [
        'link set lo up',
        ...addresses.map((address) => `addr add ${address}/24 dev eth0`),
        'link set eth0 up',
      ],
      signal,
    )
  await Promise.all([
    ...spec.hosts.map((host) => configure(host.pid, [host.address])),
    // The first address is the source of connections that do not choose one, which is the control path.
    configure(spec.controllerPid, [ADDRESSES.control, ...spec.clientAddresses]),
  ])
}
