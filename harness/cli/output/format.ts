/**
 * What an output format is: of verdicts (their table: formats.ts) and of histories (history-formats.ts). Each is one value.
 */
import type { RunRecord } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import type { Vocabulary } from '../../api/vocabulary.ts'

/** A run or an imported history, and what was found of it. */
export interface Judged {
  readonly verdict: RunVerdict
  readonly record: RunRecord
  /** What the user should know of how it was read, a sentence each. */
  readonly notes: readonly string[]
  /** Where the verdict and its pages of evidence were stored. */
  readonly folder?: string
  /** The page that was rendered of it. */
  readonly reportFile?: string
}

export interface OutputFormat {
  readonly name: string
  /** For whom it is and what it holds, in a few words. */
  readonly description: string
  /** The whole output, with its last newline. @param to what it is written to: only a terminal has colours */
  render(judged: Judged, to: { readonly isTerminal: boolean }): string
}

export interface HistoryFormat {
  readonly name: string
  /** Who reads it, in a few words. */
  readonly description: string
  encode(record: RunRecord, vocabulary: Vocabulary): string
}
