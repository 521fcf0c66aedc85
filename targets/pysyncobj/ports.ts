export const CLIENT_PORT = 7001
export const PEER_PORT = 7002
