export const CLIENT_PORT = 6379
/** Of a Sentinel. */
export const SENTINEL_PORT = 26379
