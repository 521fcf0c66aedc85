/**
 * ZooKeeper's errors, as answers to a request. An answer of those that are definite proves that the request changed nothing:
 * the leader checks a request before it proposes it, and proposes the refusal in its place. Every other error, and one that is
 * not in the table, leaves that in doubt.
 *
 * Source: ZooKeeper 3.8, `KeeperException.Code`; `PrepRequestProcessor` for what is checked before a proposal.
 */
interface ServerError {
  readonly name: string
  readonly definite: boolean
}

/** The codes that clients act upon. */
export const CODES = {
  noNode: -101,
  badVersion: -103,
  nodeExists: -110,
  sessionExpired: -112,
  sessionMoved: -118,
  /** In a transaction: what another part's refusal took along. */
  runtimeInconsistency: -2,
} as const

const SERVER_ERRORS: Readonly<Record<number, ServerError>> = {
  [-1]: { name: 'SystemError', definite: false },
  [CODES.runtimeInconsistency]: { name: 'RuntimeInconsistency', definite: false },
  [-3]: { name: 'DataInconsistency', definite: false },
  [-4]: { name: 'ConnectionLoss', definite: false },
  [-5]: { name: 'MarshallingError', definite: false },
  [-6]: { name: 'Unimplemented', definite: true },
  [-7]: { name: 'OperationTimeout', definite: false },
  [-8]: { name: 'BadArguments', definite: true },
  [CODES.noNode]: { name: 'NoNode', definite: true },
  [-102]: { name: 'NoAuth', definite: true },
  [CODES.badVersion]: { name: 'BadVersion', definite: true },
  [-108]: { name: 'NoChildrenForEphemerals', definite: true },
  [CODES.nodeExists]: { name: 'NodeExists', definite: true },
  [-111]: { name: 'NotEmpty', definite: true },
  [CODES.sessionExpired]: { name: 'SessionExpired', definite: true },
  [-114]: { name: 'InvalidACL', definite: true },
  [CODES.sessionMoved]: { name: 'SessionMoved', definite: true },
  [-122]: { name: 'RequestTimeout', definite: false },
  [-127]: { name: 'ThrottledOp', definite: true },
}

export const nameOf = (code: number): string => SERVER_ERRORS[code]?.name ?? `error ${code}`

/** Whether the answer proves that the request changed nothing. */
export const isDefinite = (code: number): boolean => SERVER_ERRORS[code]?.definite ?? false
