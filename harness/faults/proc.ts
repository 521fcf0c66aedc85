/** OS processes by /proc: a pid alone names nothing (pids are used again), pid and start time do. */
import fs from 'node:fs'

export const bootId = (): string => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()

/** The fields of /proc/PID/stat after the command name; null where the process is gone. */
const statOf = (pid: number): readonly string[] | null => {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** State letter (R, S, D, T, Z ...); null where the process is gone. */
const stateOf = (pid: number): string | null => statOf(pid)?.[0] ?? null

/** Start time in clock ticks since boot: with the pid and boot id it names one process for ever. */
export const startTimeOf = (pid: number): string | null => statOf(pid)?.[19] ?? null

/** Whether the process is there and not a zombie. */
export const isAlive = (pid: number): boolean => {
  const state = stateOf(pid)
  return state !== null && state !== 'Z' && state !== 'X'
}

/** State of every thread of the process. */
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

/** CPU time used so far, in clock ticks: a stopped process uses none. */
export const cpuTicksOf = (pid: number): number | null => {
  const stat = statOf(pid)
  return stat === null ? null : Number(stat[11]) + Number(stat[12])
}

/**
 * Whether the process has begun to die: its memory is gone, though it may still wait for others. The init of a pid
 * namespace waits for all processes in it, and those that are frozen do not die.
 */
export const isExiting = (pid: number): boolean => {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1') === ''
  } catch {
    return true
  }
}

export const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, name)
    return true
  } catch {
    return false
  }
}

/** Direct children, by pid. */
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

/** Children, their children, and so on, by pid. */
export const descendantsOf = (pid: number): readonly number[] =>
  childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])

/** How gladly the kernel kills it for want of memory, from 0 to 1000; gone is as well. */
export const preferForOom = (pid: number, preference: number): void => {
  try {
    fs.writeFileSync(`/proc/${pid}/oom_score_adj`, String(preference))
  } catch (error) {
    if (isAlive(pid)) throw error
  }
}
