import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitUntil } from '../support/wait.ts'
import { cleanUp } from './cleanup.ts'
import { createJournal, FileJournal, isOwnerAlive, readJournal } from './journal.ts'
import { bootId, isAlive, startTimeOf } from './proc.ts'
import { undoAll } from './undo.ts'

/** Only a guard against hanging. */
const TIMEOUT_MS = 60_000
const { SIGHUP } = os.constants.signals

/** Whether the process has a handler for the signal. Without one it would die from it. */
const catches = (pid: number | undefined, signal: number): boolean => {
  try {
    const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
    return ((BigInt(`0x${mask ?? 0}`) >> BigInt(signal - 1)) & 1n) === 1n
  } catch {
    return false
  }
}

describe('the undo journal', () => {
  let stateDir: string
  beforeEach(() => {
    stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-journal-'))
    createJournal(stateDir)
  })
  afterEach(() => fs.rmSync(stateDir, { recursive: true, force: true }))

  it('reads back what was recorded, and knows its owner', () => {
    new FileJournal(stateDir).record({ kind: 'directory', path: '/x' })
    const journal = readJournal(stateDir)
    expect(journal?.entries).toEqual([{ kind: 'directory', path: '/x' }])
    expect(journal !== null && isOwnerAlive(journal)).toBe(true)
  })

  it('ignores an incomplete last line: the effect that it announces was never made', () => {
    fs.appendFileSync(path.join(stateDir, 'journal.jsonl'), '{"kind":"dire')
    expect(readJournal(stateDir)?.entries).toEqual([])
  })

  it('is null if there is none', () => expect(readJournal('/nowhere')).toBeNull())

  it('treats an owner whose pid was reused as dead', () => {
    const journal = readJournal(stateDir)
    if (journal === null) throw new Error('no journal')
    expect(isOwnerAlive({ ...journal, owner: { ...journal.owner, startTime: '1' } })).toBe(false)
    expect(isOwnerAlive({ ...journal, owner: { ...journal.owner, bootId: 'another boot' } })).toBe(false)
  })

  it('undoes a process and a directory, twice without harm', async () => {
    const child = spawn('sleep', ['100'], { stdio: 'ignore' })
    const pid = child.pid as number
    const directory = path.join(stateDir, 'made')
    fs.mkdirSync(path.join(directory, 'deep'), { recursive: true })
    const journal = new FileJournal(stateDir)
    journal.record({ kind: 'process', pid, startTime: startTimeOf(pid) ?? '', bootId: bootId() })
    journal.record({ kind: 'directory', path: directory })
    const entries = readJournal(stateDir)?.entries ?? []
    expect(await undoAll(entries)).toEqual([])
    expect(await waitUntil(() => !isAlive(pid), TIMEOUT_MS, 10)).toBe(true)
    expect(fs.existsSync(directory)).toBe(false)
    expect(await undoAll(entries)).toEqual([])
  })

  it('never kills another process that has reused a pid', async () => {
    const child = spawn('sleep', ['100'], { stdio: 'ignore' })
    const pid = child.pid as number
    await undoAll([{ kind: 'process', pid, startTime: '1', bootId: bootId() }])
    expect(isAlive(pid)).toBe(true)
    child.kill('SIGKILL')
  })

  it('cleanUp removes the state directory last', async () => {
    expect(await cleanUp(stateDir)).toEqual([])
    expect(fs.existsSync(stateDir)).toBe(false)
  })

  it('the watchdog ignores SIGTERM and undoes the journal when its pipe closes', async () => {
    const victim = spawn('sleep', ['100'], { stdio: 'ignore' })
    const pid = victim.pid as number
    new FileJournal(stateDir).record({
      kind: 'process',
      pid,
      startTime: startTimeOf(pid) ?? '',
      bootId: bootId(),
    })
    const watchdog = spawn(process.execPath, [path.join(import.meta.dirname, 'watchdog.ts'), stateDir], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    // Node handles SIGTERM by itself from the start, but SIGHUP only once the watchdog has installed its handlers.
    expect(await waitUntil(() => catches(watchdog.pid, SIGHUP), TIMEOUT_MS, 10)).toBe(true)
    watchdog.kill('SIGTERM')
    expect(isAlive(pid)).toBe(true)
    watchdog.stdin.end()
    expect(await waitUntil(() => !isAlive(pid) && !fs.existsSync(stateDir), TIMEOUT_MS, 20)).toBe(true)
    expect(await waitUntil(() => watchdog.exitCode === 0, TIMEOUT_MS, 20)).toBe(true)
  })
})
