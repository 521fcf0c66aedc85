export const HTTP_PORT = 8500
/** Raft and forwarded requests. */
export const SERVER_PORT = 8300
export const SERF_PORT = 8301
