/** An operation as an object of its own: one that a long history made keeps the megabytes around it in memory. */
import type { Operation } from '../api/history.ts'

export const copiedOperation = (operation: Operation): Operation => {
  const { index, timeNs, process, type, f, value, node, meta, error } = operation
  return {
    ...{ index, timeNs, process, type, f, value },
    ...(node === undefined ? {} : { node }),
    ...(meta === undefined ? {} : { meta }),
    ...(error === undefined ? {} : { error }),
  }
}
