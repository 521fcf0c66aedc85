export const CLIENT_PORT = 7001
export const MEMBER_PORT = 5701
