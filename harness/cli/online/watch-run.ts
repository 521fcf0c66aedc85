/** `faultline watch-run`: judges a run that is going on. The supervisor starts it, and ends it. */
import fs from 'node:fs'
import path from 'node:path'
import { writeOnlineState } from '../../store/online-file.ts'
import { FILES, readRunFile } from '../../store/run-store.ts'
import { sleep } from '../../support/wait.ts'
import { findWorkload } from '../run/find-workload.ts'
import { RunWatch } from './run-watch.ts'
import { readSources } from './sources.ts'

const LOOK_EVERY_MS = 500
/** After each look, so many times as long nothing is done: the cluster shares the processors. */
const REST = 2

/** Prints each promise that is seen to be broken as a line of JSON. Ends only when it is ended. */
export const watchRunCommand = async (runDir: string, stateDir: string): Promise<number> => {
  while (!fs.existsSync(path.join(runDir, FILES.history))) await sleep(LOOK_EVERY_MS)
  const { spec } = readRunFile(runDir)
  const watch = new RunWatch(runDir, await findWorkload(spec.workload), () => readSources(stateDir))
  for (;;) {
    const beganMs = performance.now()
    for (const seen of await watch.look()) process.stdout.write(`${JSON.stringify(seen)}\n`)
    writeOnlineState(runDir, watch.state)
    await sleep(Math.max(LOOK_EVERY_MS, REST * (performance.now() - beganMs)))
  }
}
