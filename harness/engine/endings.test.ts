import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { ClusterNode } from '../api/environment.ts'
import type { EndedProcess } from '../api/process.ts'
import { sleep, waitUntil } from '../support/wait.ts'
import { temporaryFolder } from '../testing/command.ts'
import { rememberingLog } from '../testing/logs.ts'
import { EndWatch } from './endings.ts'

const ENDED: EndedProcess = { process: 'server', pid: 7, exit: 'SIGSEGV' }

/** A node whose server ends once, and how often it was started again. */
const mortal = () => {
  const ends = [[ENDED]]
  const state = { starts: 0 }
  const node = {
    name: 'n1',
    endings: async () => ends.shift() ?? [],
    start: async () => {
      state.starts++
    },
  } as unknown as ClusterNode
  return { node, state }
}

it.each([
  [undefined, 0],
  [10, 1],
])(
  'a process that ends by itself is recorded with its last words; restartsAfterMs %s',
  async (ms, starts) => {
    using folder = temporaryFolder()
    fs.mkdirSync(path.join(folder.path, 'n1'))
    fs.writeFileSync(path.join(folder.path, 'n1', 'server.log'), 'one\ntwo\nthree\nfour\n')
    const log = rememberingLog()
    const { node, state } = mortal()
    await using watch = new EndWatch({
      nodes: [node],
      logDir: folder.path,
      restartsAfterMs: ms,
      clock: () => 5e9,
      log,
      signal: new AbortController().signal,
    })
    await waitUntil(() => watch.facts().endings.length > 0 && state.starts === starts, 2000, 5)
    // Time enough for a start that should not be.
    await sleep(50)
    expect(watch.facts().endings).toEqual([
      { ...ENDED, node: 'n1', timeNs: 5e9, lastWords: 'two\nthree\nfour' },
    ])
    expect(state.starts).toBe(starts)
  },
)
