/**
 * Proofs of answers: an answer that comes with one (`meta.proof`) must be what a quorum of the members has signed. Each is
 * checked by itself against the members' public keys, as the target claims them: nobody who took part is asked or believed.
 * A proved answer may be an old one; which ones may be is judged by what is promised of reads.
 */
import { z } from 'zod'
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { AnswerProof, Statement } from '../../harness/api/proof.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Fold } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { systemOf } from '../../harness/quorum/describe.ts'
import { hasQuorum } from '../../harness/quorum/quorums.ts'
import { Verifier } from '../../harness/support/ed25519.ts'
import { PATH_LENGTH, rootOf } from '../../harness/support/merkle.ts'
import { readsOf } from '../../harness/vocabularies/vocabulary.ts'
import { claimed } from '../promise.ts'
import { conclude, type Finding, finding, foldingChecker, type Judged } from '../verdict.ts'

const KINDS = ['unproved answer'] as const
type ProofFinding = Finding<(typeof KINDS)[number]>

const scalar = z.union([z.string(), z.number()])

const PROOF: z.ZodType<AnswerProof> = z.object({
  entries: z.array(z.tuple([scalar, scalar])),
  path: z.array(z.string()).length(PATH_LENGTH),
  statements: z.array(z.object({ node: z.string(), text: z.string(), signature: z.string() })).min(1),
})

const STATED = z.object({ root: z.string(), seq: z.number() })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

interface Authority {
  readonly rule: string
  readonly members: readonly string[]
  readonly keys: Readonly<Record<string, string>>
}

class Judging implements Fold<Judged> {
  readonly #authority: Authority
  readonly #vocabulary: Vocabulary
  readonly #verifier = new Verifier()
  readonly #findings: ProofFinding[] = []
  #proofs = 0

  constructor(authority: Authority, vocabulary: Vocabulary) {
    this.#authority = authority
    this.#vocabulary = vocabulary
  }

  take(pair: Pair): void {
    const { completion } = pair
    const text = completion?.type === 'ok' ? completion.meta?.proof : undefined
    if (text === undefined) return
    this.#proofs++
    const why = this.#broken(pair, parsed(String(text)))
    if (why === null) return
    const from = completion?.meta?.servedBy ?? completion?.node ?? 'a node'
    const { f, value } = pair.invocation
    const line = `${f} ${JSON.stringify(value)} of process ${pair.invocation.process}, answered by ${from} with ${JSON.stringify(completion?.value)}: ${why}`
    this.#findings.push(finding('unproved answer', line, [pair]))
  }

  /** Why it proves nothing; null: it proves the answer. */
  #broken({ invocation, completion }: Pair, given: unknown): string | null {
    const proof = PROOF.safeParse(given).data
    if (proof === undefined) return 'what came with it is no proof'
    const definition = this.#vocabulary.calls[invocation.f]
    const key = (invocation.value as { readonly key?: string | number }).key
    if (definition === undefined || key === undefined)
      return 'it is the answer to a call that names no object'
    const held = proof.entries.filter(([name]) => name === key).map(([, value]) => value)
    const read = readsOf(this.#vocabulary, invocation.f, completion?.value).flatMap(({ values }) => values)
    if (JSON.stringify(held) !== JSON.stringify(read))
      return `its proof shows ${held.length === 0 ? 'nothing' : held.join(', ')} there`
    return this.#unsigned(proof.statements, rootOf(key, proof))
  }

  /** Why no quorum has signed this root; null: one has. */
  #unsigned(statements: readonly Statement[], root: string): string | null {
    const { rule, members, keys } = this.#authority
    const stated = statements.map(({ text }) => STATED.safeParse(parsed(text)).data)
    const other = stated.find((each) => each?.root !== root || each.seq !== stated[0]?.seq)
    if (other !== undefined || stated.includes(undefined))
      return 'its path leads to another root than the signed one'
    const forged = statements.find(
      ({ node, text, signature }) => !this.#verifier.isOf(keys[node] ?? '', text, signature),
    )
    if (forged !== undefined) return `${forged.node} has not signed what it is said to have signed`
    const signers = new Set(statements.map(({ node }) => node).filter((node) => members.includes(node)))
    return hasQuorum(systemOf(rule, members).formula, signers)
      ? null
      : `only ${[...signers].join(', ')} signed it, which is no ${rule}`
  }

  result(): Judged {
    return conclude(this.#findings, {
      seen: `${this.#proofs} answers with a proof`,
      clean: 'a quorum has signed each of them',
      unproven: this.#proofs === 0 ? 'no answer came with a proof' : null,
      kinds: KINDS,
      anomalies: { 'unproved answer': 'answer that no quorum has signed' },
      details: { proofs: this.#proofs },
    })
  }
}

/** Clients that ask for proofs get some before long. */
const LOOKED_AT = 5000

const comesWithProofs = (pairs: Sequence<Pair>): boolean => {
  for (let at = 0; at < Math.min(LOOKED_AT, pairs.length); at++)
    if (pairs.at(at)?.completion?.meta?.proof !== undefined) return true
  return false
}

/** A traitor's signature counts like any other: that is what quorums are for. */
const authorityOf = ({ claims, spec, samples, traitors = [] }: RunRecord): Authority | null => {
  const rule = claims?.quorums?.at(-1)
  if (claims?.proofKeys === undefined || rule === undefined) return null
  const honest = spec?.nodes ?? new Set((samples ?? []).map(({ node }) => node)).size
  const nodes = honest + traitors.length
  return { rule, members: Object.keys(claims.proofKeys).slice(0, nodes), keys: claims.proofKeys }
}

export const proofs = foldingChecker({
  name: 'proofs',
  finds: 'answers whose proof does not show that a quorum has signed them',
  needs: ['history', 'claims'],
  applies: (record) =>
    record.vocabulary !== null && authorityOf(record) !== null && comesWithProofs(record.pairs),
  promise: (record) => claimed(record, 'an answer that comes with a proof was signed by a quorum'),
  fold: (record) => new Judging(authorityOf(record) as Authority, record.vocabulary as Vocabulary),
})
