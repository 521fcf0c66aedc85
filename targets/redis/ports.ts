export const CLIENT_PORT = 6379
