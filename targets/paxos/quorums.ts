/**
 * Quorums of the two phases. Each phase-1 quorum must meet each phase-2 quorum; two of one phase need not (Howard, Malkhi and
 * Spiegelman 2016, section 3).
 */

export interface Sizes {
  readonly phase1: number
  readonly phase2: number
}

/** @param size 0: a majority */
const sizeOf = (size: number, nodes: number): number => (size === 0 ? Math.floor(nodes / 2) + 1 : size)

export const sizesOf = ({ phase1, phase2 }: Sizes, nodes: number): Sizes => ({
  phase1: sizeOf(phase1, nodes),
  phase2: sizeOf(phase2, nodes),
})

/** As `faultline quorum` writes them. The harness refuses a run whose quorums do not meet. */
export const claimedQuorums = ({ phase1, phase2 }: Sizes): readonly string[] => {
  if (phase1 === 0 && phase2 === 0) return ['majority of nodes']
  return [phase1, phase2].map((size) => (size === 0 ? 'majority of nodes' : `${size} of nodes`))
}
