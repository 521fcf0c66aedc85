/** What a reader looks at, as the page's address: it survives a reload and can be sent to a colleague. */
import type { AddressKind } from './address.ts'

export interface Selected {
  readonly kind: AddressKind
  readonly name: string
}

export interface State {
  readonly selected: Selected | null
  /** The shown part of the run, in ms. Null: all of it. */
  readonly span: { readonly fromMs: number; readonly toMs: number } | null
  readonly filter: string
}

const KINDS: readonly AddressKind[] = ['op', 'fault', 'line', 'at']

/** @param hash with its `#` */
export const parseState = (hash: string): State => {
  const parts = new URLSearchParams(hash.replace(/^#/, ''))
  const kind = KINDS.find((candidate) => parts.has(candidate))
  const [fromMs, toMs] = [Number(parts.get('from') ?? Number.NaN), Number(parts.get('to') ?? Number.NaN)]
  return {
    selected: kind === undefined ? null : { kind, name: parts.get(kind) ?? '' },
    span: Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs < toMs ? { fromMs, toMs } : null,
    filter: parts.get('filter') ?? '',
  }
}

/** A millionth of a millisecond is enough. */
const rounded = (ms: number): string => String(Math.round(ms * 1e6) / 1e6)

export const formatState = ({ selected, span, filter }: State): string => {
  const parts = new URLSearchParams()
  if (selected !== null) parts.set(selected.kind, selected.name)
  if (span !== null) {
    parts.set('from', rounded(span.fromMs))
    parts.set('to', rounded(span.toMs))
  }
  if (filter !== '') parts.set('filter', filter)
  return parts.size === 0 ? '#' : `#${parts}`
}
