/** Disks with fault rules while their nodes run, and the measured effect of the rules. */
import type { DiskCounts, DiskKind, DiskRule, NodeDisk } from '../../harness/api/disk.ts'
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext } from '../../harness/api/nemesis.ts'
import { countsSince } from '../../harness/faults/disk/rules.ts'

export interface NodeWithDisk {
  readonly node: ClusterNode
  readonly disk: NodeDisk
}

/** @throws if a node has no disk of its own. */
export const withDisks = (nodes: readonly ClusterNode[]): readonly NodeWithDisk[] =>
  nodes.map((node) => {
    if (node.disk === undefined) throw new Error('the nodes have no disks of their own in this environment')
    return { node, disk: node.disk }
  })

export const DISK_TROUBLES = ['latency', 'stall', 'errors', 'full', 'short', 'torn'] as const

interface DiskTrouble {
  readonly mode: (typeof DISK_TROUBLES)[number]
  readonly latencyMs: number
  readonly distribution: DiskRule['distribution']
  readonly probability: number
  /** The files that are hit: globs. */
  readonly paths: string
  /** The nodes are killed at the end, with what the disks did to their files. */
  readonly crashes: boolean
}

const ruleOf = (
  fault: string,
  { mode, latencyMs, distribution, probability, paths }: DiskTrouble,
): DiskRule => {
  const rule = { fault, meanMs: latencyMs, distribution, errno: 'EIO', probability, paths } as const
  switch (mode) {
    case 'latency':
      return { ...rule, kinds: ['read', 'write', 'fsync'], effect: 'delay', probability: 1 }
    case 'stall':
      return { ...rule, kinds: ['read', 'write', 'fsync', 'metadata'], effect: 'stall', probability: 1 }
    case 'errors':
      return { ...rule, kinds: ['read', 'write', 'fsync', 'metadata'], effect: 'error' }
    case 'full':
      return { ...rule, kinds: ['write', 'metadata'], effect: 'full', errno: 'ENOSPC', probability: 1 }
    case 'short':
    case 'torn':
      return { ...rule, kinds: ['write'], effect: mode }
  }
}

const DISK_KINDS: readonly DiskKind[] = ['read', 'write', 'fsync', 'metadata']

/** The effect of the rule, and how long operations took meanwhile. */
const effectOf = (mode: DiskTrouble['mode'], { kinds }: DiskRule, all: readonly DiskCounts[]) => {
  const sum = (of: (counts: DiskCounts) => number): number => all.reduce((total, each) => total + of(each), 0)
  const total = (part: 'failed' | 'delayed'): number =>
    sum((counts) => DISK_KINDS.reduce((n, kind) => n + counts[kind][part], 0))
  const meanMs = (kind: DiskKind): number => {
    const operations = sum((counts) => counts[kind].operations)
    return operations === 0 ? 0 : Math.round((100 * sum((counts) => counts[kind].totalMs)) / operations) / 100
  }
  const [failed, delayed] = [total('failed'), total('delayed')]
  const operations = sum((counts) => kinds.reduce((n, kind) => n + counts[kind].operations, 0))
  const times = `write ${meanMs('write')} ms, fsync ${meanMs('fsync')} ms on average`
  return {
    effective: failed + delayed > 0,
    summary: `${mode}: of ${operations} operations ${failed} failed or cut short, ${delayed} delayed; ${times}`,
    measurements: { operations, failed, delayed, writeMeanMs: meanMs('write'), fsyncMeanMs: meanMs('fsync') },
  }
}

/** Puts the rule in force until the heal. The heal restarts nodes that exited meanwhile, as an operator would. */
export const troubleDisks = async (
  context: NemesisContext,
  id: string,
  victims: readonly NodeWithDisk[],
  trouble: DiskTrouble,
) => {
  const before = await Promise.all(victims.map(({ disk }) => disk.counts()))
  const setAll = (rules: readonly DiskRule[]): Promise<unknown> =>
    Promise.all(victims.map(({ disk }) => disk.setRules(id, rules)))
  const rule = ruleOf(id, trouble)
  await setAll([rule])
  const measure = async () => {
    const now = await Promise.all(victims.map(({ disk }) => disk.counts()))
    const since = now.map((counts, i) => countsSince(before[i] as DiskCounts, counts))
    return effectOf(trouble.mode, rule, since)
  }
  const heal = async () => {
    if (trouble.crashes)
      await Promise.all(victims.map(({ node }) => node.takeDown(id, 'kill', context.signal)))
    await setAll([])
    const effect = await measure()
    const running = await Promise.all(victims.map(({ node }) => node.processes()))
    const ended = victims.filter((_, i) => running[i]?.length === 0).map(({ node }) => node)
    await Promise.all(ended.map((node) => node.bringUp(id, context.signal)))
    if (ended.length === 0) return effect
    const names = ended.map(({ name }) => name).join(', ')
    return {
      ...effect,
      summary: `${effect.summary}; ${names} ${trouble.crashes ? 'killed' : 'had stopped'}, started again`,
    }
  }
  return { victims: victims.map(({ node }) => node), measure, heal }
}
