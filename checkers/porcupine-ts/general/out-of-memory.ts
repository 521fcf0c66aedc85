/** V8 says so where the machine has no memory for an array, or a map has reached the size that V8 allows. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof RangeError &&
  /allocation failed|Invalid (typed )?array length|maximum size exceeded/.test(error.message)
