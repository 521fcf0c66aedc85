/** What can be wrong with publications, and how it is told. */
import type { Pair } from '../../harness/api/history.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import type { PublicationCall, PublishedVersions } from '../../harness/vocabularies/publication.ts'
import type { Answered } from '../final-answers.ts'
import { tableRow } from '../table-view.ts'
import { type Finding, finding } from '../verdict.ts'

export const KINDS = [
  'torn',
  'trace',
  'invented',
  'went back',
  'stale',
  'published backwards',
  'refused',
] as const
export type PublicationFinding = Finding<(typeof KINDS)[number]>

export const ANOMALIES: Readonly<Record<PublicationFinding['kind'], string>> = {
  torn: 'torn publication',
  trace: 'trace of a failed change',
  invented: 'version nobody published',
  'went back': 'version that went back',
  stale: 'stale read',
  'published backwards': 'older version published over a newer one',
  refused: 'publication refused without a reason',
}

export const COLUMNS = ['index', 'node', 'at', 'call', 'versions of the shards', 'what is wrong']

const versionsOf = ({ invocation, completion }: Answered): string =>
  invocation.f === 'read'
    ? (completion.value as PublishedVersions).versions.map((version) => version ?? 'nothing').join(', ')
    : `${(invocation.value as (PublicationCall & { readonly f: 'publish' })['value']).version}`

export const found = (
  kind: PublicationFinding['kind'],
  pair: Answered,
  why: string,
  other?: Pair,
): PublicationFinding => {
  const { node = 'a node', timeNs, f, index: own } = pair.invocation
  const { index } = pair.invocation.value as { index: number }
  const versions = versionsOf(pair)
  const text = `index ${index}, ${f} at ${node} at ${formatTimeNs(timeNs)}: [${versions}]: ${why}`
  const operations = [own, ...(other === undefined ? [] : [other.invocation.index])]
  const row = tableRow([index, node, formatTimeNs(timeNs), f, versions, why], operations, kind)
  return finding(kind, text, other === undefined ? [pair] : [pair, other], [row])
}
