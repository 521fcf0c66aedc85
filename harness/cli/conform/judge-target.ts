/** What was seen of a target's hooks and of its nodes, against the contract of `api/target.ts`. Pure. */
import { z } from 'zod'
import type { Finding } from './findings.ts'
import type { HookSeen, Observations } from './observations.ts'

const SUBJECT = 'target'
const finding = (check: string, result: Finding['result'], note: string): Finding => ({
  subject: SUBJECT,
  check,
  result,
  note,
})

const statusShape = z.looseObject({
  role: z.enum(['leader', 'follower', 'candidate', 'learner', 'unknown']),
  term: z.number().optional(),
  leader: z.string().nullish(),
  clockMs: z.number().optional(),
})

/** What is wrong with what a hook said; null: nothing. */
const complaint = (seen: HookSeen): string | null => {
  const { hook, state, node, said, rejected, tookMs, limitMs } = seen
  const serves = state === 'healthy'
  if (tookMs === null)
    return `${hook} of ${node} did not settle within a second after its signal was aborted: pass \`signal\` on`
  if (serves && tookMs > limitMs)
    return `${hook} of ${node} took ${tookMs} ms, and ${limitMs} ms are waited for`
  if (serves && rejected !== null) return `${hook} of ${node} rejected although it serves: ${rejected}`
  if (hook === 'ready') {
    if (serves && said !== true)
      return `ready of ${node} resolved with ${JSON.stringify(said)} although it serves`
    return !serves && said === true
      ? `ready says that ${node} serves although it is ${state}: ask the node itself, at its own address`
      : null
  }
  if (!serves)
    return rejected === null
      ? `status of ${node} answered although it is ${state}: ask the node itself, and reject if it does not answer`
      : null
  const issue = statusShape.safeParse(said).error?.issues[0]
  return issue === undefined ? null : `status of ${node}: ${issue.path.join('.')}: ${issue.message}`
}

/** What is wrong more often than not: a machine that is slow once is no mistake of the hook. */
const usualComplaint = (seen: readonly HookSeen[]): readonly string[] => {
  const complaints = seen.flatMap((each) => complaint(each) ?? [])
  return complaints.length > seen.length / 2 ? complaints.slice(0, 1) : []
}

const judgeHook = (hook: HookSeen['hook'], state: HookSeen['state'], seen: readonly HookSeen[]): Finding => {
  const check = `${hook} of a ${state} node`
  const wrong = [...new Set(seen.map(({ node }) => node))].flatMap((node) =>
    usualComplaint(seen.filter((each) => each.node === node)),
  )
  if (wrong.length > 0) return finding(check, 'wrong', wrong.join('; '))
  const slowest = Math.max(...seen.map(({ tookMs }) => tookMs ?? 0))
  const answer =
    state === 'healthy' ? (hook === 'ready' ? 'yes' : 'answered') : hook === 'ready' ? 'no' : 'rejected'
  return finding(check, 'ok', `${answer} within ${slowest} ms`)
}

/** The roles that the nodes report, together. */
const judgeRoles = ({ hooks, nodes }: Observations): readonly Finding[] => {
  const check = 'roles'
  const said = hooks.filter(({ hook, state }) => hook === 'status' && state === 'healthy')
  const latest = nodes.flatMap((node) => said.findLast((each) => each.node === node) ?? [])
  const statuses = latest.flatMap(({ said: answer, node }) => {
    const status = statusShape.safeParse(answer)
    return status.success ? [{ node, ...status.data }] : []
  })
  if (statuses.length === 0) return []
  const strangers = statuses.flatMap(({ node, leader }) =>
    leader == null || nodes.includes(leader) ? [] : [`${node} names ${leader} as leader, which is no node`],
  )
  if (strangers.length > 0)
    return [finding(check, 'wrong', `${strangers.join('; ')}: use the names of the plan`)]
  const highest = Math.max(...statuses.map(({ term }) => term ?? 0))
  const leaders = statuses.filter(({ role, term = 0 }) => role === 'leader' && term === highest)
  if (leaders.length > 1)
    return [finding(check, 'wrong', `${leaders.map(({ node }) => node).join(' and ')} lead in one term`)]
  const roles = statuses.map(({ node, role }) => `${node} ${role}`).join(', ')
  const knows = statuses.some(({ role }) => role !== 'unknown')
  if (knows && leaders.length === 0 && statuses.length > 1)
    return [finding(check, 'wrong', `nobody leads in a healthy cluster: ${roles}`)]
  return [finding(check, 'ok', roles)]
}

const judgeTurns = ({ turns }: Observations): readonly Finding[] =>
  turns.map(({ what, tookMs, problem }) => {
    const took = `${(tookMs / 1000).toFixed(1)} s`
    if (problem === null) return finding(what, 'ok', took)
    const mend = what === 'stop' ? ': set `stopSignal` or `stopTimeoutMs`' : ''
    return finding(what, 'wrong', `${problem} (${took})${mend}`)
  })

const judgeEscapes = ({ escapes: { processes, files } }: Observations): readonly Finding[] => [
  processes === null
    ? finding('processes elsewhere', 'not tested', 'processes of others are seen here: use --env namespaces')
    : processes.length === 0
      ? finding('processes elsewhere', 'ok', 'none was left when all nodes were down')
      : finding('processes elsewhere', 'wrong', `left when all nodes were down: ${processes.join(', ')}`),
  files.length === 0
    ? finding('files elsewhere', 'ok', 'no process had a file outside of its node open for writing')
    : finding('files elsewhere', 'wrong', `open for writing: ${files.join(', ')}: keep data in node.dataDir`),
]

const STATES = ['healthy', 'stopped', 'paused'] as const

export const judgeTarget = (observations: Observations): readonly Finding[] => {
  const { hooks, hasStatus } = observations
  const ofHook = (hook: HookSeen['hook']): readonly Finding[] =>
    STATES.map((state) =>
      judgeHook(
        hook,
        state,
        hooks.filter((seen) => seen.hook === hook && seen.state === state),
      ),
    )
  return [
    ...judgeTurns(observations),
    ...ofHook('ready'),
    ...(hasStatus ? ofHook('status') : [finding('status', 'not tested', 'the target has none')]),
    ...judgeRoles(observations),
    ...judgeEscapes(observations),
  ]
}
