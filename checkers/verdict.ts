/**
 * The parts of a checker: a promise, a pure judgement of the record, findings of a few kinds, and the verdict that follows
 * from them. Findings of a kind that the promise allows are shown, but do not make the verdict worse.
 */
import type { Pair, Sequence } from '../harness/api/history.ts'
import type { RunRecord } from '../harness/api/record.ts'
import type {
  Checker,
  Evidence,
  Fold,
  OddNode,
  Status,
  TableRow,
  TableView,
  Verdict,
} from '../harness/api/verdict.ts'
import { foldPairs } from './fold.ts'
import { type TableParts, tableView } from './table-view.ts'

export interface Judged extends Pick<Verdict, 'status' | 'summary' | 'evidence' | 'details'> {
  /** The call whose promise was broken, if it is known. */
  readonly blamed?: string
}

interface Subject
  extends Pick<
    Checker,
    | 'name'
    | 'finds'
    | 'needs'
    | 'applies'
    | 'whyNot'
    | 'judgesBeginnings'
    | 'judgesObjects'
    | 'window'
    | 'follow'
  > {
  /** What was promised, and by whom. */
  promise(record: RunRecord, blamed?: string): Verdict['promise']
}

interface Parts extends Subject {
  judge(record: RunRecord): Judged | Promise<Judged>
}

interface FoldParts extends Subject {
  fold(record: RunRecord): Fold<Judged | Promise<Judged>>
}

/** A verdict that rests on a promise that nobody made says so in its sentence. */
const withAssumption = (summary: string, { assumed }: Verdict['promise']): string =>
  assumed === undefined
    ? summary
    : `${summary.replace(/\.$/, '')}; judged by ${assumed.text}: nobody promised it.`

const verdictOf = async (
  { name, promise }: Subject,
  record: RunRecord,
  judging: Judged | Promise<Judged>,
): Promise<Verdict> => {
  const { blamed, ...judged } = await judging
  const promised = promise(record, blamed)
  const summary = judged.status === 'unknown' ? judged.summary : withAssumption(judged.summary, promised)
  return { checker: name, promise: promised, ...judged, summary }
}

const described = ({ promise: _, ...checker }: Subject): Omit<Subject, 'promise'> => checker

export const checkerOf = ({ judge, ...subject }: Parts): Checker => ({
  ...described(subject),
  check: async (record) => verdictOf(subject, record, judge(record)),
})

/** A checker that looks at each pair once. */
export const foldingChecker = ({ fold, ...subject }: FoldParts): Checker => ({
  ...described(subject),
  check: async (record) => verdictOf(subject, record, foldPairs(record, fold(record))),
  fold: (record) => {
    const own = fold(record)
    return {
      take: (pair, place) => own.take(pair, place),
      result: () => verdictOf(subject, record, own.result()),
    }
  },
})

/** An unknown verdict with its reason. */
export const notJudged = (why: string, details: Verdict['details'] = {}): Judged => ({
  status: 'unknown',
  summary: `Not judged: ${why}.`,
  evidence: [],
  details,
})

/** Something that was found. */
export interface Finding<Kind extends string> {
  readonly kind: Kind
  /** One line, without a full stop. */
  readonly text: string
  /** Indices into the history of the operations that show it. */
  readonly operations: readonly number[]
  /** What the evidence shows instead of the line. */
  readonly proof?: string
  /** The time at which all of it had happened, if the operations do not show it. */
  readonly atNs?: number
  /** The nodes whose reports show it. */
  readonly odd?: readonly OddNode[]
  /** The same as rows of the table of its kind. */
  readonly rows?: readonly TableRow[]
}

export const finding = <Kind extends string>(
  kind: Kind,
  text: string,
  pairs: Sequence<Pair>,
  rows?: readonly TableRow[],
): Finding<Kind> => ({
  kind,
  text,
  operations: pairs.map(({ invocation }) => invocation.index),
  ...(rows === undefined ? {} : { rows }),
})

export interface Conclusion<Kind extends string> {
  /** What was looked at: `30 reads of 2 logs`. */
  readonly seen: string
  /** The result if nothing was found: `they agree`. */
  readonly clean: string
  /** Why an empty result proves nothing: `none was read`. Null: it is a proof. */
  readonly unproven: string | null
  /** All kinds of findings, the most severe first. */
  readonly kinds: readonly Kind[]
  /** Absent: none is allowed. */
  readonly allows?: (kind: Kind) => boolean
  /** Why a kind is allowed. Absent: the promise allows it. */
  readonly because?: string
  /** The end of the summary, independent of the findings. */
  readonly aside?: string | null
  /** A remark on all findings of a kind together. */
  readonly note?: (kind: Kind) => string | null
  /** The status if something was found that is not allowed. Absent: invalid. */
  readonly brokenIs?: Status
  /** The call whose promise is broken by whatever is found. Absent: it is not known. */
  readonly blamed?: string
  /** The standard name of each kind of finding. It has no values in it, so that it is the same in every run. */
  readonly anomalies?: Readonly<Partial<Record<Kind, string>>>
  /** Kinds of findings whose operations show what should be there, and not when it went missing. */
  readonly missing?: readonly Kind[]
  /** How many there are of each kind. Absent: as many as there are findings; else those are the first. */
  readonly counts?: Readonly<Partial<Record<Kind, number>>>
  /** Only the first of each kind is looked for: their number tells nothing, and is not told. */
  readonly firstOnly?: true
  /** The table that the rows of findings belong to. */
  readonly table?: TableParts
  /** The details, in addition to the count of each kind. */
  readonly details: Verdict['details']
}

/** The number of findings shown for each kind. */
const SHOWN = 10

/** How many there are of each kind. */
export const countBy = <T>(items: readonly T[], kindOf: (item: T) => string): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const item of items) {
    const kind = kindOf(item)
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** Such as `lost (2), duplicated (1)`. */
export const listCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([kind, count]) => `${kind} (${count})`)
    .join(', ')

/** The findings of one kind. */
interface Group<Kind extends string> {
  readonly kind: Kind
  /** All of them, or the first. */
  readonly findings: readonly Finding<Kind>[]
  readonly count: number
}

const groupsOf = <Kind extends string>(
  all: readonly Finding<Kind>[],
  { kinds, counts }: Pick<Conclusion<Kind>, 'kinds' | 'counts'>,
): readonly Group<Kind>[] => {
  const byKind = Map.groupBy(all, ({ kind }) => kind)
  return kinds.map((kind) => {
    const findings = byKind.get(kind) ?? []
    return { kind, findings, count: counts?.[kind] ?? findings.length }
  })
}

const countsOf = (groups: readonly Group<string>[]): Readonly<Record<string, number>> =>
  Object.fromEntries(groups.map(({ kind, count }) => [kind, count]))

/** One after another: findings may make them when they are asked for. */
function* rowsOf(findings: readonly Finding<string>[]): Iterable<TableRow> {
  for (const { rows = [] } of findings) yield* rows
}

const tableOf = (table: TableParts, { findings, count }: Group<string>): TableView =>
  tableView(table, rowsOf(findings), table.hasOneRowEach ? count : undefined)

const evidenceOf = <Kind extends string>(
  group: Group<Kind>,
  excuse: string | null,
  {
    note = () => null,
    anomalies,
    missing = [],
    table,
    firstOnly,
  }: Pick<Conclusion<Kind>, 'note' | 'anomalies' | 'missing' | 'table' | 'firstOnly'>,
): Evidence => {
  const { kind, findings, count } = group
  const shown = findings.slice(0, SHOWN)
  const hidden = count - shown.length
  const told = note(kind)
  const timesNs = shown.flatMap(({ atNs }) => atNs ?? [])
  const lines = [
    ...shown.map(({ text, proof }) => proof ?? text),
    ...(hidden === 0 ? [] : [`and ${hidden} more`]),
    ...(told === null ? [] : ['', told]),
  ]
  const anomaly = anomalies?.[kind]
  const hasRows = findings.some(({ rows = [] }) => rows.length > 0)
  const odd = shown.flatMap((each) => each.odd ?? [])
  return {
    title: `${firstOnly ? kind : `${kind}: ${count}`}${excuse === null ? '' : ` (${excuse})`}`,
    text: lines.join('\n'),
    operations: [...new Set(shown.flatMap(({ operations }) => operations))],
    ...(timesNs.length === 0 ? {} : { atNs: Math.max(...timesNs) }),
    ...(anomaly === undefined ? {} : { anomaly }),
    ...(missing.includes(kind) ? { isMissing: true } : {}),
    ...(odd.length === 0 ? {} : { odd }),
    ...(table === undefined || !hasRows ? {} : { view: tableOf(table, group) }),
  }
}

interface Sentence extends Pick<Conclusion<string>, 'seen' | 'clean' | 'unproven' | 'aside' | 'firstOnly'> {
  readonly because: string
}

/** One sentence. If anything is wrong, it comes first. */
const summaryOf = (
  against: readonly Group<string>[],
  allowed: readonly Group<string>[],
  { seen, clean, unproven, aside, because, firstOnly }: Sentence,
): string => {
  const listed = (groups: readonly Group<string>[]): string =>
    firstOnly ? groups.map(({ kind }) => kind).join(', ') : listCounts(countsOf(groups))
  const told = allowed.length === 0 ? [] : [`${listed(allowed)}, ${because}`]
  const end = aside == null ? [] : [aside]
  const [worst] = against
  if (worst !== undefined) {
    const count = against.reduce((sum, group) => sum + group.count, 0)
    const example = `${count === 1 ? ': ' : '; first, '}${worst.findings[0]?.text}`
    return capitalised([`${listed(against)} in ${seen}${example}`, ...told, ...end])
  }
  if (unproven !== null)
    return capitalised([`${seen}: nothing is proven, because ${unproven}`, ...told, ...end])
  return capitalised([`${seen}: ${told[0] ?? clean}`, ...end])
}

const capitalised = (parts: readonly string[]): string => {
  const text = parts.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** The verdict that follows from what was found. */
export const conclude = <Kind extends string>(
  findings: readonly Finding<Kind>[],
  conclusion: Conclusion<Kind>,
): Judged => {
  const {
    unproven,
    allows = () => false,
    because = 'allowed by the promise',
    brokenIs = 'invalid',
    blamed,
    details,
  } = conclusion
  const groups = groupsOf(findings, conclusion)
  const found = groups.filter((group) => group.findings.length > 0)
  const against = found.filter(({ kind }) => !allows(kind))
  const allowed = found.filter(({ kind }) => allows(kind))
  return {
    status: against.length > 0 ? brokenIs : unproven === null ? 'valid' : 'unknown',
    summary: summaryOf(against, allowed, { ...conclusion, because }),
    evidence: [
      ...against.map((group) => evidenceOf(group, null, conclusion)),
      ...allowed.map((group) => evidenceOf(group, because, conclusion)),
    ],
    details: { ...details, ...countsOf(groups) },
    ...(blamed === undefined ? {} : { blamed }),
  }
}
