export const CLIENT_PORT = 2181
export const QUORUM_PORT = 2888
export const ELECTION_PORT = 3888
