/** The table of errors: which of Redis's replies prove that nothing happened. */

/**
 * The codes with which Redis refuses a command before it does anything (documentation, "Redis serialization protocol
 * specification", simple errors; redis.conf). A script is refused at its first write.
 *
 * | code       | the server                                                          |
 * |------------|---------------------------------------------------------------------|
 * | LOADING    | reads its data after a start or a full synchronization              |
 * | OOM        | has no memory left for a write                                      |
 * | MISCONF    | could not write to its disk, and refuses writes                     |
 * | BUSY       | runs a script that takes too long                                   |
 * | READONLY   | is a replica, which refuses writes                                  |
 * | MASTERDOWN | is a replica without its primary, told to refuse reads then         |
 * | NOREPLICAS | is a primary with fewer good replicas than `min-replicas-to-write`  |
 */
const REFUSED = /^(LOADING|OOM|MISCONF|BUSY|READONLY|MASTERDOWN|NOREPLICAS) /

/** Whether an error proves that the command it answers did nothing. */
export const isRefusal = (message: string): boolean => REFUSED.test(message)

/** Whether the server says that it is a replica: its clients have to find the primary again. */
export const isReplicaReply = (message: string): boolean => message.startsWith('READONLY ')
