/** The findings as a table: one line each. */
import type { Finding } from './findings.ts'

export const tableOf = (findings: readonly Finding[]): string => {
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))
  const subjects = width(findings.map(({ subject }) => subject))
  const checks = width(findings.map(({ check }) => check))
  return findings
    .map(
      ({ subject, check, result, note }) =>
        `${result.padEnd(10)}  ${subject.padEnd(subjects)}  ${check.padEnd(checks)}  ${note}\n`,
    )
    .join('')
}
