/** A node that does not answer any more: its last answer, and what its processes said when they ended. */
import type { RunRecord } from '../../harness/api/record.ts'
import type { OddNode } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { clip } from '../../harness/support/visible.ts'

/** Last words come from the cluster. */
const MOST_CHARACTERS = 300

/** `; since then its processes ended by themselves 13 times, first at 18.500 s: ...` */
const endingsText = ({ facts }: RunRecord, node: string, fromNs: number): string => {
  const ended = (facts?.endings ?? []).filter((each) => each.node === node && each.timeNs >= fromNs)
  const [first] = ended
  if (first === undefined) return ''
  const times = ended.length === 1 ? 'once' : `${ended.length} times, first`
  return `; since then its processes ended by themselves ${times} at ${formatTimeNs(first.timeNs)}: ${clip(first.lastWords.trim(), MOST_CHARACTERS)}`
}

/** Null: it answered the last time that it was asked, or it was never asked. */
export const silentNode = (record: RunRecord, node: string): OddNode | null => {
  const own = (record.samples ?? []).filter((sample) => sample.node === node)
  const last = own.findLastIndex(({ status }) => status !== null)
  const [good, bad] = [own[last], own[last + 1]]
  if (bad === undefined) return null
  const role = good?.status?.term === undefined ? '' : `: ${good.status.role} in term ${good.status.term}`
  return {
    node,
    good: good === undefined ? null : { timeNs: good.timeNs, text: `answers for the last time${role}` },
    bad: {
      timeNs: bad.timeNs,
      text: `does not answer, and never does again${endingsText(record, node, good?.timeNs ?? 0)}`,
    },
  }
}
