/**
 * Definitions of the output formats: of verdicts (table: formats.ts) and of histories (table: history-formats.ts).
 */
import type { RunRecord } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import type { Vocabulary } from '../../api/vocabulary.ts'

/** A run or an imported history, with its verdict. */
export interface Judged {
  readonly verdict: RunVerdict
  readonly record: RunRecord
  /** The folder in which the verdict and its pages of evidence were stored. */
  readonly folder?: string
  /** The history file that was judged, if it is not that of a run's folder. */
  readonly file?: string
  /** The command that runs or judges it again. Absent: it is not known. */
  readonly again?: string
  /** The rendered report. */
  readonly reportFile?: string
}

export interface OutputFormat {
  readonly name: string
  /** Its audience and contents, in a few words. */
  readonly description: string
  /** The whole output, with the last newline. @param to the destination: only a terminal has colours */
  render(judged: Judged, to: { readonly isTerminal: boolean }): string
}

export interface HistoryFormat {
  readonly name: string
  /** What reads it, in a few words. */
  readonly description: string
  encode(record: RunRecord, vocabulary: Vocabulary): string
}
