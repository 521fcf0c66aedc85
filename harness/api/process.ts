/** The OS processes of a node. */

export interface NodeProcess {
  /** The name in the launch spec; for what such a program started, the name of its program. */
  readonly name: string
  readonly pid: number
  /** It was started by the launch spec, not by another process of the node. */
  readonly isStarted: boolean
}

/** A started process that ended, although no fault had taken its node down. */
export interface EndedProcess {
  /** The name in the launch spec. */
  readonly process: string
  readonly pid: number
  /** The signal, or `status N`. */
  readonly exit: string
}
