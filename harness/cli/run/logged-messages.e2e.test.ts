/** A run whose nodes log their messages: the record has them, with their receivers, and takes a cut link for no loss. */
import { expect, it } from 'vitest'
import type { Message } from '../../api/message.ts'
import { loadRun } from '../../store/run-store.ts'
import { describeWith, missingLinuxRoot } from '../../testing/capabilities.ts'
import { run, temporaryFolder } from '../../testing/command.ts'

describeWith(missingLinuxRoot(), 'the messages that nodes log', () => {
  it('are in the record, and nearly all of them arrived where no fault was', async () => {
    using folder = temporaryFolder()
    const { verdict } = await run(folder.path, [
      ...['raft', '--env', 'namespaces', '--target-opts', 'log-messages=true', '-n', 'partition'],
      ...['--nemesis-opts', 'shapes=one,interval=3s,duration=1s', '--time-limit', '8s', '--seed', '3'],
    ])
    const { record } = loadRun(verdict.runDir)
    const messages: readonly Message[] = record.messages ?? []
    expect(messages.every(({ protocol }) => protocol === 'log')).toBe(true)
    const arrived = messages.filter(({ receivedNs }) => receivedNs !== null)
    const links = new Set(arrived.map(({ from, to }) => `${from}>${to}`))
    const leaders = new Set(
      (record.samples ?? []).flatMap(({ node, status }) => (status?.role === 'leader' ? [node] : [])),
    )
    expect(leaders.size).toBeGreaterThan(0)
    for (const leader of leaders) expect([...links].some((link) => link.startsWith(`${leader}>`))).toBe(true)
    const untilNs = Math.min(...(record.faults ?? []).map(({ planned }) => planned.atNs))
    const before = messages.filter(({ sentNs }) => sentNs < untilNs - 0.5e9)
    expect(before.length).toBeGreaterThan(50)
    const heard = before.filter(({ receivedNs }) => receivedNs !== null)
    expect(heard.length / before.length).toBeGreaterThan(0.95)
  })
})
