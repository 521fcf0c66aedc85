/**
 * Reads a history again and again, each time as if nobody had before: `node store-columns.ts <history.jsonl> [<step>]`. With a
 * step it kills itself before that step of storing the columns. Each time that it has read everything, it prints a line.
 */
import fs from 'node:fs'
import path from 'node:path'
import { FILES } from '../store/run-store.ts'
import { readStored } from './stored-history.ts'

const [, , file = '', step] = process.argv
const columns = path.join(path.dirname(file), FILES.columns)

let left = step === undefined ? Number.POSITIVE_INFINITY : Number(step)

const counted =
  <A extends unknown[], R>(act: (...given: A) => R) =>
  (...given: A): R => {
    if (left-- === 0) process.kill(process.pid, 'SIGKILL')
    return act(...given)
  }

if (step !== undefined) {
  fs.writeSync = counted(fs.writeSync as (...given: unknown[]) => number) as typeof fs.writeSync
  fs.fsyncSync = counted(fs.fsyncSync)
  fs.renameSync = counted(fs.renameSync)
}

do {
  fs.rmSync(columns, { force: true })
  readStored(file)
  process.stdout.write('read\n')
} while (step === undefined)
