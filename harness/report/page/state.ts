/** What a reader looks at, as the page's address: it survives a reload and can be sent to a colleague. */
import { ADDRESS_KINDS, type AddressKind } from './address.ts'

export interface Selected {
  readonly kind: AddressKind
  readonly name: string
}

export interface State {
  readonly selected: Selected | null
  /** The shown part of the run, in ms. Null: all of it. */
  readonly span: { readonly fromMs: number; readonly toMs: number } | null
  readonly filter: string
  /** Groups of lanes, and lanes of a group, that a reader put first. */
  readonly groups: readonly string[]
  readonly lanes: readonly string[]
}

export const EMPTY: State = { selected: null, span: null, filter: '', groups: [], lanes: [] }

/** @param hash with its `#` */
export const parseState = (hash: string): State => {
  const parts = new URLSearchParams(hash.replace(/^#/, ''))
  const kind = ADDRESS_KINDS.find((candidate) => parts.has(candidate))
  const [fromMs, toMs] = [Number(parts.get('from') ?? Number.NaN), Number(parts.get('to') ?? Number.NaN)]
  return {
    selected: kind === undefined ? null : { kind, name: parts.get(kind) ?? '' },
    span: Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs < toMs ? { fromMs, toMs } : null,
    filter: parts.get('filter') ?? '',
    groups: parts.getAll('group'),
    lanes: parts.getAll('lane'),
  }
}

/** A millionth of a millisecond is enough. */
const rounded = (ms: number): string => String(Math.round(ms * 1e6) / 1e6)

export const formatState = ({ selected, span, filter, groups, lanes }: State): string => {
  const parts = new URLSearchParams()
  if (selected !== null) parts.set(selected.kind, selected.name)
  if (span !== null) {
    parts.set('from', rounded(span.fromMs))
    parts.set('to', rounded(span.toMs))
  }
  if (filter !== '') parts.set('filter', filter)
  for (const group of groups) parts.append('group', group)
  for (const lane of lanes) parts.append('lane', lane)
  return parts.size === 0 ? '#' : `#${parts}`
}
