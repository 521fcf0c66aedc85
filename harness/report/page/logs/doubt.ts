/** How the page says that the clock of a node was off when it wrote a line. */
import type { ShownLine } from '../../logs/page-log.ts'
import { shortTime } from '../times.ts'

type Doubtful = Pick<ShownLine, 'placeMs' | 'aheadMs' | 'isUnsure' | 'frozenMs'>

/** Before its time: `?` if nobody knows it, `~` if it is corrected. */
export const signOf = ({ isUnsure, aheadMs }: Doubtful): string => {
  if (isUnsure) return '?\u2009'
  return aheadMs === 0 ? '' : '~\u2009'
}

/** Null: its time is as the node wrote it. */
export const doubtOf = ({ placeMs, aheadMs, isUnsure, frozenMs }: Doubtful): string | null => {
  if (frozenMs > 0 && placeMs !== null)
    return `its clock was frozen: its time is not sure, it was written between ${shortTime(placeMs)} and ${shortTime(placeMs + frozenMs)}`
  if (isUnsure) return 'a fault moved its clock: its time is not sure'
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(3)
  return aheadMs === 0 ? null : `corrected: its clock was ${seconds} s ${aheadMs > 0 ? 'ahead' : 'behind'}`
}
