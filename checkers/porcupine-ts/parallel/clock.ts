/** Milliseconds on a clock that only goes forward, and is the same on every thread. */
export const epochMs = (): number => performance.timeOrigin + performance.now()
