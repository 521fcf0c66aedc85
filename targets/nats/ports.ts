export const CLIENT_PORT = 4222
/** By which the servers of a cluster talk to each other. */
export const ROUTE_PORT = 6222
export const MONITOR_PORT = 8222
