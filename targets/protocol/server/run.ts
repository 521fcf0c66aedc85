/** A node as a process: its log on stdout, and an end with a sentence on stderr if it cannot serve. */
import { flushCompileCache } from 'node:module'

export const log = (message: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${message}\n`)
}

/** For what makes a node unable to serve: a corrupt log, a port in use. */
export const fail = (error: unknown): never => {
  process.stderr.write(
    `${new Date().toISOString()} ${error instanceof Error ? error.message : String(error)}\n`,
  )
  process.exit(1)
}

/** Starts the node with the settings that stand on its command line as JSON. */
export const run = <C>(start: (config: C) => void): void => {
  try {
    start(JSON.parse(process.argv[2] ?? '{}') as C)
    // Otherwise it is stored at the exit, and a node that is killed does not come to that.
    flushCompileCache()
  } catch (error) {
    fail(error)
  }
}
