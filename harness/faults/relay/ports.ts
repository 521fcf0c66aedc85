/** What is a relay's own in a node's network namespace: its ports, and the group by which rules tell its connections. */

/** They are none of the node's. */
export const RELAY_PORTS = { first: 61_000, last: 61_899 } as const

/** A group that no user is in. */
export const RELAY_GROUP = 61_900

export const isOfRelay = (port: number): boolean => port >= RELAY_PORTS.first && port <= RELAY_PORTS.last
