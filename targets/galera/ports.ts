export const SQL_PORT = 3306
/** Group communication. State transfers take the ports that follow it. */
export const GROUP_PORT = 4567
