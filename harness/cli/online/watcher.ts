/**
 * `--online` and `--fail-fast`: another process judges what is recorded so far (`watch-run.ts`), since the controller's time
 * belongs to clients and faults. The verdict is made afterwards, as of every run.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import readline from 'node:readline'
import type { Log } from '../../api/log.ts'
import type { SeenBroken } from '../../store/online-file.ts'
import { ROOT } from '../../store/package.ts'
import { formatTimeNs } from '../../support/time.ts'
import { visible } from '../../support/visible.ts'

/** The line by which the supervisor tells the controller that enough has been seen. */
export const STOP_LINE = 'stop'

const MAIN = path.join(ROOT, 'harness', 'main.ts')
/** It does not outlive its supervisor, and gives way to the cluster. */
const GIVING_WAY = ['setpriv', '--pdeathsig', 'KILL', '--', 'nice', '-n', '10']

/** What becomes of a run in which a promise is seen to be broken: it is told, or the run also ends. */
export type Watching = 'tell' | 'stop'

/** The folder of a run, and its state directory. */
interface Watched {
  readonly runDir: string
  readonly stateDir: string
}

/** Watches the run of this controller until it is disposed of. */
export const watchRun = (
  { runDir, stateDir }: Watched,
  watching: Watching,
  controller: ChildProcess,
  log: Log,
  say: (line: string) => void,
): Disposable => {
  const [command = '', ...words] = [...GIVING_WAY, process.execPath, MAIN, 'watch-run', runDir, stateDir]
  const watcher = spawn(command, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  const complaints: string[] = []
  let isStopped = false
  readline.createInterface({ input: watcher.stderr }).on('line', (line) => complaints.push(line))
  readline.createInterface({ input: watcher.stdout }).on('line', (line) => {
    const seen = JSON.parse(line) as SeenBroken
    log.info('a promise is broken', { ...seen })
    say(`seen after ${formatTimeNs(seen.seenAtNs)}: ${visible(seen.sentence)}`)
    if (watching === 'stop' && !isStopped) controller.stdin?.write(`${STOP_LINE}\n`)
    isStopped = true
  })
  const failed = (why: string): void => {
    log.warn('nobody watches the run any more', { why })
    say(`the run is not judged online from here on, and goes on to its end: ${why}`)
  }
  watcher.on('error', ({ message }) => failed(message))
  watcher.on('exit', (code) => {
    if (code !== 0 && code !== null) failed(complaints.at(-1) ?? `exit code ${code}`)
  })
  return { [Symbol.dispose]: () => void watcher.kill('SIGKILL') }
}
