/**
 * On machines with much memory, V8 lets its young generation grow to 3 x 64 MB. Reading a history makes objects that die at
 * once: the first 16 MB serve as well, and 100 MB fewer are taken. `launcher.mjs` sets this limit for the processes that it
 * starts; this is for the others.
 */
import v8 from 'node:v8'

/** As V8 tells it: both halves of it. */
const MOST_BYTES = 2 * 2 ** 24

const sizeOfYoung = (): number =>
  v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0

let isLimited = false

/** To be called now and then: it stays as large as it is once it is large enough. */
export const limitYoungHeap = (): void => {
  if (isLimited || sizeOfYoung() < MOST_BYTES) return
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  isLimited = true
}
