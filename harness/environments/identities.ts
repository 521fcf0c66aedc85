/** Names and addresses of what an environment makes, known before anything is made. */
import type { NodeIdentity } from '../api/target.ts'

/** Indices of nodes and services are from 1, groups of clients from 0. */
export interface Addresses {
  node(index: number): string
  service(index: number): string
  client(group: number): string
  /** The control path's own: status, leader. */
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
