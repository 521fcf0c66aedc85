/** What the nodes and those who connect to them agree on. */

export const VHOST = '/'
export const USER = 'guest'
export const PASSWORD = 'guest'

/**
 * The name of a cluster of that many nodes. Each node tells it to its clients, so that the readiness check knows how many
 * members it has to find.
 */
export const clusterName = (size: number): string => `${size} nodes`

/** The number of nodes in the name; null: the node has no such name (yet). */
export const sizeIn = (name: unknown): number | null => {
  const digits = typeof name === 'string' ? /^(\d+) nodes$/.exec(name)?.[1] : undefined
  return digits === undefined ? null : Number(digits)
}
