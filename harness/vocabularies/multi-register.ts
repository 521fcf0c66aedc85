/**
 * Registers in groups of GROUP_SIZE: keys `n * GROUP_SIZE` and the following are one group, which no transaction leaves. The
 * call, `txn`, is rw-register's (`transactions.ts`).
 */
export const MULTI_REGISTER = 'multi-register'
export const GROUP_SIZE = 3
