export const SQL_PORT = 5432
/** Patroni's REST API. */
export const REST_PORT = 8008
export const ETCD_PORT = 2379
export const ETCD_PEER_PORT = 2380
