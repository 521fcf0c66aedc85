/** What follows from the choices. */
import type { Choices } from './core/types.ts'

/**
 * What was acknowledged stays, whatever fails and however much: either nobody ever takes over, or whoever does has every
 * acknowledged write and knows that the one before has stopped.
 */
export const isAgreed = ({ replication, failover, fencing, minority }: Choices): boolean =>
  failover === 'none' ||
  (replication === 'sync' && failover !== 'timeout' && fencing && minority !== 'serve-all')
