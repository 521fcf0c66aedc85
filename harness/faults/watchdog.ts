/**
 * The watchdog: a process in its own session that holds the reading end of the controller's pipe. When the pipe
 * closes, the controller has ended for whatever reason, and the watchdog undoes what the journal still lists.
 *
 * Run as `node watchdog.ts <state directory>`; standard input is the pipe.
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
