/** Sizes of quorums (section 3, and 4.1 for clients). */

/** How many of `nodes` replicas may lie: f of 3f+1. */
export const mostTraitors = (nodes: number): number => Math.max(0, Math.floor((nodes - 1) / 3))

/**
 * More than two thirds: 2f+1 of 3f+1. Any two quorums share more replicas than can lie, and a quorum is left when those that can
 * lie are silent.
 */
export const quorumOf = (nodes: number): number => Math.floor((2 * nodes) / 3) + 1

/** So many replicas that say the same are at least one that does not lie: f+1. */
export const oneHonest = (nodes: number): number => mostTraitors(nodes) + 1
