/**
 * OS processes as /proc shows them. A pid alone does not identify a process, since pids are reused; pid and start time
 * do.
 */
import fs from 'node:fs'

export const bootId = (): string => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()

/** The fields of /proc/PID/stat after the command name; null if the process is gone. */
const statOf = (pid: number): readonly string[] | null => {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** State letter (R, S, D, T, Z ...); null if the process is gone. */
const stateOf = (pid: number): string | null => statOf(pid)?.[0] ?? null

/** Start time in clock ticks since boot. Together, pid, start time and boot id identify one process uniquely. */
export const startTimeOf = (pid: number): string | null => statOf(pid)?.[19] ?? null

/** Whether the process exists and is not a zombie. */
export const isAlive = (pid: number): boolean => {
  const state = stateOf(pid)
  return state !== null && state !== 'Z' && state !== 'X'
}

/** State letter of every thread of the process. */
export const threadStates = (pid: number): readonly string[] => {
  try {
    return fs.readdirSync(`/proc/${pid}/task`).map((thread) => {
      const text = fs.readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1')
      return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3)
    })
  } catch {
    return []
  }
}

/** CPU time used so far, in clock ticks. A stopped process uses none. */
export const cpuTicksOf = (pid: number): number | null => {
  const stat = statOf(pid)
  return stat === null ? null : Number(stat[11]) + Number(stat[12])
}

/** The pid of a process inside its own pid namespace; null if the process is gone. */
export const innerPidOf = (pid: number): number | null => {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'latin1')
    return Number(/^NSpid:.*\s(\d+)$/m.exec(status)?.[1])
  } catch {
    return null
  }
}

/** The name of the process's program, cut off by the kernel after 15 characters; empty if the process is gone. */
export const nameOf = (pid: number): string => {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}

/** The process's arguments, each ended by a NUL; empty if the process is gone. */
export const commandLineOf = (pid: number): string => {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Whether the process has begun to exit: its memory is gone, but it may still wait for other processes. The init of a
 * pid namespace waits for all processes in the namespace, and frozen ones do not die.
 */
export const isExiting = (pid: number): boolean => commandLineOf(pid) === ''

export const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, name)
    return true
  } catch {
    return false
  }
}

/** The program that the process runs; empty if that cannot be told, as of one that is gone. */
const programOf = (pid: number): string => {
  try {
    return fs.readlinkSync(`/proc/${pid}/exe`)
  } catch {
    return ''
  }
}

/**
 * The controller, by the process that was started for it: that itself, or its child if it is a sandbox that waits for it. A
 * child of the controller is none, though it looks like one until it runs a program of its own. Null: not yet.
 */
export const controllerAt = (started: number): number | null =>
  programOf(started) === fs.realpathSync(process.execPath)
    ? started
    : (childrenOf(started).find((child) => commandLineOf(child).includes('controller')) ?? null)

/** Pids of the direct children. */
export const childrenOf = (pid: number): readonly number[] => {
  try {
    return fs
      .readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}

/** Pids of all descendants. */
export const descendantsOf = (pid: number): readonly number[] =>
  childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])

/**
 * Sets how likely the kernel kills the process when memory runs out, from -1000 to 1000. Does nothing if the process is
 * gone.
 */
export const preferForOom = (pid: number, preference: number): void => {
  try {
    fs.writeFileSync(`/proc/${pid}/oom_score_adj`, String(preference))
  } catch (error) {
    if (isAlive(pid)) throw error
  }
}

const NEVER_FOR_OOM = -1000

/** Has the kernel never kill the process when memory runs out. @returns false if that is not permitted (CAP_SYS_RESOURCE) */
export const exemptFromOom = (pid: number): boolean => {
  try {
    preferForOom(pid, NEVER_FOR_OOM)
    return true
  } catch {
    return false
  }
}
