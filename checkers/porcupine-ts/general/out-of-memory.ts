/** The errors of V8 if there is no memory for an array, or a map has reached V8's limit. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof RangeError &&
  /allocation failed|Invalid (typed )?array length|maximum size exceeded/.test(error.message)
