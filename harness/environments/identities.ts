/** Names and addresses of nodes, services and clients. They are known before anything is provisioned. */
import type { NodeIdentity } from '../api/target.ts'

/** Indices of nodes and services start at 1, groups of clients at 0. */
export interface Addresses {
  node(index: number): string
  service(index: number): string
  client(group: number): string
  /** Address of the control path (status, leader). */
  readonly control: string
}

export const identifyNodes = (
  { node }: Pick<Addresses, 'node'>,
  dataDir: string,
  count: number,
): readonly NodeIdentity[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `n${i + 1}`,
    index: i + 1,
    address: node(i + 1),
    dataDir,
  }))

export const identifyServices = (
  { service }: Pick<Addresses, 'service'>,
  dataDir: string,
  names: readonly string[],
): readonly NodeIdentity[] =>
  names.map((name, i) => ({ name, index: i + 1, address: service(i + 1), dataDir }))

export const clientAddresses = ({ client }: Pick<Addresses, 'client'>, groups: number): readonly string[] =>
  Array.from({ length: groups }, (_, group) => client(group))
