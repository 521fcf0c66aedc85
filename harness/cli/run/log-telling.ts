/** Which lines of the nodes' logs must not be lost: those of which a checker has something to say. */
import type { Claims } from '../../api/claims.ts'
import type { RunRecord } from '../../api/record.ts'
import type { Checker } from '../../api/verdict.ts'
import { bareRecord } from '../../store/run-store.ts'
import type { Telling } from './log-reader.ts'

const PARTS: readonly (keyof RunRecord)[] = ['logs', 'claims']

const isOfLogs = ({ needs }: Checker): boolean =>
  needs.includes('logs') && needs.every((part) => PARTS.includes(part))

/** Asks those of the checkers that judge lines of logs by themselves, without the rest of a record. */
export const tellingBy = (checkers: readonly Checker[], claims: Claims): Telling => {
  const ofLogs = checkers.filter(isOfLogs)
  const { signal } = new AbortController()
  return async (text) => {
    const record: RunRecord = { ...bareRecord([]), claims, faults: [], logs: [{ node: '', text }] }
    const verdicts = await Promise.all(ofLogs.map((checker) => checker.check(record, signal)))
    return verdicts.some(({ evidence }) => evidence.length > 0)
  }
}
