/**
 * Quorums of the two phases. Each phase-1 quorum must meet each phase-2 quorum; two of one phase need not (Howard, Malkhi and
 * Spiegelman 2016, section 3).
 */
import { UserError } from '../../harness/support/assert.ts'

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

/**
 * As `faultline quorum` writes them. The harness refuses a run whose quorums do not meet.
 *
 * @throws UserError for a size that is none
 */
export const claimedQuorums = ({ phase1, phase2 }: Sizes): readonly string[] => {
  for (const [name, size] of Object.entries({ phase1, phase2 })) {
    if (!Number.isInteger(size) || size < 0)
      throw new UserError(
        `${name}=${size} is no number of nodes. Set it to a whole number, or to 0 for a majority; together, phase1 and phase2 must be more than there are nodes.`,
      )
  }
  if (phase1 === 0 && phase2 === 0) return ['majority of nodes']
  return [phase1, phase2].map((size) => (size === 0 ? 'majority of nodes' : `${size} of nodes`))
}
