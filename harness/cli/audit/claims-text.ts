/** The claims of a target, for the terminal: those that runs are judged by, and what its makers say in words. */
import type { Claims } from '../../api/claims.ts'
import {
  type Answers,
  COMMUNICATION_QUESTIONS,
  GOVERNANCE_QUESTIONS,
  PROTOCOL_QUESTIONS,
} from '../../audit/answers.ts'

const plain = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([name, each]) => `${name} ${plain(each)}`)
        .join(', ')
    : String(value)

const judged = ({ source, consistency, tolerates, ...others }: Claims): readonly string[] => [
  `judged by (${source})`,
  ...Object.entries(consistency).map(
    ([vocabulary, promise]) => `  ${vocabulary.padEnd(18)} ${plain(promise)}`,
  ),
  `  ${'tolerates'.padEnd(18)} ${plain(tolerates)}`,
  ...Object.entries(others).map(
    ([name, value]) => `  ${name.padEnd(18)} ${Array.isArray(value) ? value.join('; ') : plain(value)}`,
  ),
]

const answered = (
  part: string,
  questions: Readonly<Record<string, string>>,
  answers: Readonly<Record<string, string>>,
): readonly string[] => [
  part,
  ...Object.entries(questions).flatMap(([name, question]) => [
    `  ${name.padEnd(18)} ${question}`,
    `  ${''.padEnd(18)} ${answers[name] ?? '(not answered)'}`,
  ]),
]

export const claimsText = (claims: Claims, { protocol, governance, communication }: Answers): string =>
  [
    ...judged(claims),
    '',
    ...answered('protocol', PROTOCOL_QUESTIONS, protocol),
    '',
    ...answered('governance', GOVERNANCE_QUESTIONS, governance),
    '',
    ...answered('communication', COMMUNICATION_QUESTIONS, communication),
    '',
  ].join('\n')
