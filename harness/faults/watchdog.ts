/**
 * The watchdog: a process in a session of its own that holds the reading end of the controller's pipe. When the
 * pipe closes, the controller has ended, however that came about; what its journal still lists is undone then.
 *
 * Run as `node watchdog.ts <state directory>`, standard input being the pipe.
 */
import { cleanUp } from './cleanup.ts'

const stateDir = process.argv[2]
if (stateDir === undefined) throw new TypeError('usage: watchdog <state directory>')

process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('SIGHUP', () => {})
process.stdin.resume()
process.stdin.on('error', () => {})
process.stdin.on('close', () => {
  cleanUp(stateDir).then(
    (failures) => process.exit(failures.length === 0 ? 0 : 1),
    () => process.exit(1),
  )
})
