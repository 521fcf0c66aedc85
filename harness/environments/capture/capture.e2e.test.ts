/** Runs whose messages are captured: what a partition cuts is lost, nothing else is, and times agree with the history. */
import { describe, expect, it } from 'vitest'
import type { Message } from '../../api/message.ts'
import type { FaultRecord, RunRecord } from '../../api/record.ts'
import { loadRun } from '../../store/run-store.ts'
import { describeWith, missingLinuxRoot } from '../../testing/capabilities.ts'
import { run, temporaryFolder } from '../../testing/command.ts'
import { hostBaseline } from '../../testing/host.ts'
import { leftovers } from '../../testing/leftovers.ts'

const isOfClients = (name: string): boolean => name.startsWith('clients-')

const messagesOf = ({ messages }: RunRecord): readonly Message[] => messages ?? []

/** Whoever led, by its own word, exchanged messages with every node. */
const expectTalk = (record: RunRecord): void => {
  const samples = record.samples ?? []
  const nodes = [...new Set(samples.map(({ node }) => node))]
  const leaders = new Set(samples.flatMap(({ node, status }) => (status?.role === 'leader' ? [node] : [])))
  expect(leaders.size).toBeGreaterThan(0)
  const links = new Set(
    messagesOf(record).flatMap(({ from, to, receivedNs }) => (receivedNs === null ? [] : [`${from}>${to}`])),
  )
  for (const leader of leaders)
    for (const node of nodes.filter((name) => name !== leader))
      expect([...links]).toEqual(expect.arrayContaining([`${leader}>${node}`, `${node}>${leader}`]))
}

interface Cut {
  readonly links: ReadonlySet<string>
  readonly beganNs: number
  readonly injectedNs: number
  readonly healingNs: number
  readonly healedNs: number
}

const cutsOf = ({ faults, history }: RunRecord): readonly Cut[] =>
  (faults ?? [])
    .filter(({ effective }) => effective)
    .map(({ planned, injectedAtNs, healingAtNs, healedAtNs, effects }: FaultRecord) => ({
      links: new Set(effects.flatMap(({ links = [] }) => links.map(({ from, to }) => `${from}>${to}`))),
      beganNs: history.find(({ f, value }) => f === 'inject' && (value as { id?: string }).id === planned.id)
        ?.timeNs as number,
      injectedNs: injectedAtNs as number,
      healingNs: healingAtNs as number,
      healedNs: healedAtNs as number,
    }))

/** While a cut is in force, messages are sent on its links, and none arrives. */
const expectCuts = (record: RunRecord): void => {
  const cuts = cutsOf(record)
  expect(cuts.length).toBeGreaterThan(0)
  for (const { links, injectedNs, healingNs } of cuts) {
    expect(links.size).toBeGreaterThan(0)
    const sent = messagesOf(record).filter(
      ({ from, to, sentNs }) => links.has(`${from}>${to}`) && sentNs > injectedNs && sentNs < healingNs,
    )
    expect(sent.length).toBeGreaterThan(0)
    expect(sent.filter(({ receivedNs }) => receivedNs !== null)).toEqual([])
  }
}

/** Of the messages on links that are not cut, and at other times, none is lost. */
const expectNoOtherLoss = (record: RunRecord): void => {
  const cuts = cutsOf(record)
  const isCut = ({ from, to, sentNs }: Message): boolean =>
    cuts.some(
      ({ links, beganNs, healedNs }) => links.has(`${from}>${to}`) && sentNs > beganNs && sentNs < healedNs,
    )
  const lost = messagesOf(record).filter(({ receivedNs }) => receivedNs === null)
  expect(lost.filter((message) => !isCut(message))).toEqual([])
}

/** While an acknowledged operation is open, its client sends to its node, and the node answers. */
const expectTimesOfHistory = ({ pairs, ...record }: RunRecord): void => {
  const messages = messagesOf({ pairs, ...record }).filter(({ kind }) => kind === 'data')
  const isServed = (node: string | undefined, fromNs: number, toNs: number): boolean =>
    messages.some(
      ({ from, to, sentNs }) => isOfClients(from) && to === node && sentNs >= fromNs && sentNs <= toNs,
    ) &&
    messages.some(
      ({ from, to, receivedNs }) =>
        isOfClients(to) && from === node && receivedNs !== null && receivedNs >= fromNs && receivedNs <= toNs,
    )
  const acknowledged = pairs.filter(({ completion }) => completion?.type === 'ok')
  expect(acknowledged.length).toBeGreaterThan(100)
  const unserved = acknowledged.filter(
    ({ invocation, completion }) => !isServed(invocation.node, invocation.timeNs, completion?.timeNs ?? 0),
  )
  expect(unserved).toEqual([])
}

describeWith(missingLinuxRoot(), 'a captured run', () => {
  describe.each([
    ['raft', 'namespaces', '3'],
    ['etcd', 'docker', '4'],
  ])('of %s in %s', (target, environment, seed) => {
    it('has the messages between its hosts, those that a partition cut too, and leaves nothing behind', async () => {
      using folder = temporaryFolder()
      const before = hostBaseline()
      const { verdict } = await run(folder.path, [
        ...[target, '--env', environment, '--capture', '-n', 'partition'],
        ...['--nemesis-opts', 'shapes=one+minority+bridge', '--time-limit', '8s', '--seed', seed],
      ])
      expect(verdict.status, verdict.summary).toBe('valid')
      const { record } = loadRun(verdict.runDir)
      expectTalk(record)
      expectCuts(record)
      expectNoOtherLoss(record)
      expectTimesOfHistory(record)
      expect(await leftovers(before, folder.path)).toEqual([])
    })
  })
})
