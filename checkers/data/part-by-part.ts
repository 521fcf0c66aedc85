/**
 * Judges the parts of an operation table one after another, so that memory is needed for one of them. The result is that of a
 * check of the whole. Each part has the time limit for itself.
 */
import type { Engines, History, Illegal, Limits, Result, Undecided } from '../porcupine-ts/model.ts'
import { checkParallel } from '../porcupine-ts/parallel/check-parallel.ts'
import type { ModelReference } from '../porcupine-ts/parallel/model-reference.ts'
import type { OperationTable } from './operation-table.ts'
import { type TablePart, TableRows } from './table-rows.ts'

/** What was found, in numbers of rows. */
interface Checked {
  readonly result: Result
  /** All rows, or at least those of the objects that fail. */
  readonly rows: TableRows
}

/** An object that fails, with its own rows, by whose numbers it is told. */
interface Failing {
  readonly found: Illegal
  readonly rows: TableRows
}

const renumbered = (found: Illegal, numberOf: (row: number) => number): Illegal => ({
  ...found,
  blocked: numberOf(found.blocked),
  prefix: found.prefix.map(numberOf),
  witness: found.witness.map(numberOf),
})

const failingIn = (rows: TableRows, found: Illegal): Failing => {
  const own = rows.sameObject(found.blocked)
  const numberOf = new Map(own.map((row, number) => [row, number]))
  return { found: renumbered(found, (row) => numberOf.get(row) as number), rows: rows.only(own) }
}

const firstCall = ({ rows }: Failing): number => rows.columns.call.reduce((a, b) => Math.min(a, b))

/** As a check of the whole has them: of those that failed at the same time, the one with the fewest operations comes first. */
const byFailure = (a: Failing, b: Failing): number =>
  a.found.failedAt - b.found.failedAt || a.rows.count - b.rows.count || firstCall(a) - firstCall(b)

/** What was found in the parts so far. */
class Findings {
  failing: readonly Failing[] = []
  readonly undecided: Undecided[] = []
  #engines: Engines = { specialised: 0, general: 0, declined: [] }
  #decided = 0
  #partitions = 0
  #help = ''

  add(result: Result, rows: TableRows, mostIllegal: number): void {
    const { specialised, general, declined } = result.engines
    this.#engines = {
      specialised: this.#engines.specialised + specialised,
      general: this.#engines.general + general,
      declined: [...new Set([...this.#engines.declined, ...declined])],
    }
    if (result.verdict !== 'ok') this.undecided.push(...result.undecided)
    if (result.verdict === 'illegal') {
      const { others, undecided: _, engines: __, ...first } = result
      const failing = [first, ...others].map((found) => failingIn(rows, found))
      this.failing = [...this.failing, ...failing].sort(byFailure).slice(0, mostIllegal)
      return
    }
    this.#partitions += result.partitions
    this.#decided += result.verdict === 'ok' ? result.partitions : result.decided
    if (result.verdict === 'unknown' && this.#help === '') this.#help = result.help
  }

  checked(): Checked {
    const [engines, partitions, undecided] = [this.#engines, this.#partitions, this.undecided]
    const rows = TableRows.joined(this.failing.map((each) => each.rows))
    let before = 0
    const [illegal, ...others] = this.failing.map(({ found, rows: { count } }) => {
      const start = before
      before += count
      return renumbered(found, (row) => start + row)
    })
    if (illegal !== undefined) return { result: { ...illegal, others, undecided, engines }, rows }
    const [first] = undecided
    if (first === undefined) return { result: { verdict: 'ok', partitions, engines }, rows }
    const [decided, help] = [this.#decided, this.#help]
    return {
      result: { verdict: 'unknown', ...first, undecided, decided, partitions, help, engines },
      rows,
    }
  }
}

/** @param historyOf a part, as the model takes it */
export const checkPartByPart = async (
  model: ModelReference,
  table: OperationTable,
  historyOf: (part: TablePart) => History<unknown, unknown>,
  limits: Limits & { readonly mostIllegal: number },
): Promise<Checked> => {
  const findings = new Findings()
  for (const part of table.parts()) {
    const result = await checkParallel(model, historyOf(part), limits)
    if (part.rows.count === table.rows) return { result, rows: part.rows }
    findings.add(result, part.rows, limits.mostIllegal)
  }
  return findings.checked()
}
