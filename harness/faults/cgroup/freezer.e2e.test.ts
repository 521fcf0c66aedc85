/** The freezer of version 2, where it is mounted beside version 1 too, and the removal of a group in use. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { UndoEntry } from '../../api/journal.ts'
import { describeWith, missingLinuxRoot } from '../../testing/capabilities.ts'
import { freezeAll, thawAll } from '../freezer.ts'
import { undoEntry } from '../undo.ts'
import { addToCgroups } from './groups.ts'
import { mountOfV2 } from './place.ts'
import { cgroupsV2 } from './v2.ts'

const ROOT = '/sys/fs/cgroup'

const missing = (): string | null => missingLinuxRoot() ?? (mountOfV2(ROOT) === null ? 'cgroup v2' : null)

describeWith(missing(), 'a group of cgroup v2', () => {
  it('freezes and thaws its processes, and is removed although they run', async () => {
    const journal: UndoEntry[] = []
    const v2 = cgroupsV2({ root: ROOT, own: '/', delegate: null })
    const recorder = { record: (entry: UndoEntry) => void journal.push(entry) }
    const groups = v2.create(`faultline-test${process.pid}-n1`, recorder, ['freezer'])
    const [directory = ''] = groups.directories
    const busy = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' })
    const exited = once(busy, 'exit')
    addToCgroups(groups, busy.pid as number)
    const { freezer } = groups
    if (freezer === undefined) throw new Error(`${directory} cannot be frozen`)
    expect(await freezeAll(freezer)).toBe(true)
    expect(await thawAll(freezer)).toBe(true)
    freezer.freeze()
    expect(fs.existsSync(path.join(directory, 'beside'))).toBe(true)
    for (const entry of journal.toReversed()) await undoEntry(entry)
    expect(await exited).toEqual([null, 'SIGKILL'])
    expect(fs.existsSync(directory)).toBe(false)
  })
})
