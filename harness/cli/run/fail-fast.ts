/**
 * `--fail-fast`: a run ends as soon as a promise is seen to be broken. Another process judges what is recorded so far, again and
 * again (`watch-run.ts`): the controller's time belongs to clients and faults. The verdict is made afterwards, as of every run.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import readline from 'node:readline'
import type { Log } from '../../api/log.ts'
import { ROOT } from '../../store/package.ts'

/** The line by which the supervisor tells the controller that enough has been seen. */
export const STOP_LINE = 'stop'

const MAIN = path.join(ROOT, 'harness', 'main.ts')
/** It does not outlive its supervisor, and gives way to the cluster. */
const GIVING_WAY = ['setpriv', '--pdeathsig', 'KILL', '--', 'nice', '-n', '10']

/** What `watch-run` has found. */
export interface SeenBroken {
  readonly fingerprint: string
  readonly sentence: string
  /** Of the run, nanoseconds. Null: not known. */
  readonly firstAtNs: number | null
}

/** Stops the run of this controller at the first thing that is found, until it is disposed of. */
export const stopAtFirst = (
  runDir: string,
  controller: ChildProcess,
  log: Log,
  say: (line: string) => void,
): Disposable => {
  const [command = '', ...words] = [...GIVING_WAY, process.execPath, MAIN, 'watch-run', runDir]
  const watcher = spawn(command, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  const complaints: string[] = []
  readline.createInterface({ input: watcher.stderr }).on('line', (line) => complaints.push(line))
  readline.createInterface({ input: watcher.stdout }).on('line', (line) => {
    const seen = JSON.parse(line) as SeenBroken
    log.info('a promise is broken, the run is stopped', { ...seen })
    controller.stdin?.write(`${STOP_LINE}\n`)
  })
  const failed = (why: string): void => {
    log.warn('nobody watches the run any more', { why })
    say(`--fail-fast does nothing from here on, and the run goes on to its end: ${why}`)
  }
  watcher.on('error', ({ message }) => failed(message))
  watcher.on('exit', (code) => {
    if (code !== 0 && code !== null) failed(complaints.at(-1) ?? `exit code ${code}`)
  })
  return { [Symbol.dispose]: () => void watcher.kill('SIGKILL') }
}
