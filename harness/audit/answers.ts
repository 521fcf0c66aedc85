/**
 * What a claims file says in words: the questions that nobody can measure from outside, and those whose measured answers a reader
 * wants to compare with what was meant.
 */
import { z } from 'zod'
import type {
  ClaimsFile,
  CommunicationQuestion,
  GovernanceQuestion,
  ProtocolQuestion,
} from '../api/claims-file.ts'
import { UserError } from '../support/assert.ts'

const text = z.string().trim().min(1)

/** What the protocol is meant to do. */
export const PROTOCOL_QUESTIONS: Readonly<Record<ProtocolQuestion, string>> = {
  agreement: 'What must be agreed on?',
  participants: 'Who takes part, and who decides?',
  'fault-model': 'Which faults is it made for, and which not?',
  'quorum-rule': 'Which sets of nodes decide?',
  leadership: 'Who may lead, and how is a former leader kept out?',
  'commit-rule': 'When is something decided for good?',
  partition: 'What does each side of a partition do?',
  recovery: 'How does a node come back, and within which time?',
  retries: 'What keeps a repeated request from taking effect twice?',
  evidence: 'What can an incident be reconstructed from?',
}

/** Who looks after it. */
export const GOVERNANCE_QUESTIONS: Readonly<Record<GovernanceQuestion, string>> = {
  owner: 'Who is responsible for it?',
  changes: 'Who reviews a change of the protocol or its configuration, and against what?',
  versions: 'Which versions are supported, and how is one replaced?',
  incidents: 'What is done when a promise is broken, and where is it written down?',
}

/** Who knows. */
export const COMMUNICATION_QUESTIONS: Readonly<Record<CommunicationQuestion, string>> = {
  users: 'Where do users read what is promised, and what is not?',
  operators: 'Where do operators read what to do in a partition or after a loss?',
}

const answersTo = <Name extends string>(questions: Readonly<Record<Name, string>>) =>
  z
    .strictObject(
      Object.fromEntries(Object.keys(questions).map((name) => [name, text])) as Record<Name, typeof text>,
    )
    .partial()
    .optional()

const schema = z.strictObject({
  /** What is in it is checked with all claims, before a run. */
  claims: z.looseObject({}).optional(),
  protocol: answersTo(PROTOCOL_QUESTIONS),
  governance: answersTo(GOVERNANCE_QUESTIONS),
  communication: answersTo(COMMUNICATION_QUESTIONS),
})

export type Answers = Required<ClaimsFile>

export const NO_ANSWERS: Answers = { claims: {}, protocol: {}, governance: {}, communication: {} }

const namesOf = (questions: object): string => Object.keys(questions).join(', ')

/**
 * @param given the content of a claims file
 * @param file for messages
 * @throws UserError if it is none
 */
export const parseAnswers = (given: unknown, file: string): Answers => {
  const parsed = schema.safeParse(given ?? {})
  if (parsed.success) return { ...NO_ANSWERS, ...(parsed.data as ClaimsFile) }
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : ''
  throw new UserError(
    `${file}: ${where}${issue?.message}. A claims file has claims (parts of what a target's module claims), protocol (${namesOf(PROTOCOL_QUESTIONS)}), governance (${namesOf(GOVERNANCE_QUESTIONS)}) and communication (${namesOf(COMMUNICATION_QUESTIONS)}), each answer there a text.`,
  )
}

/** The share of the questions that are answered. */
export const shareAnswered = (answers: Readonly<Record<string, unknown>>, questions: object): number => {
  const names = Object.keys(questions)
  return names.filter((name) => answers[name] !== undefined).length / names.length
}
