/** `faultline audit`: what was shown of a target's claims, on a card. */
import fs from 'node:fs'
import path from 'node:path'
import { workloads } from '../../../workloads/index.ts'
import type { Claims } from '../../api/claims.ts'
import type { Options } from '../../api/options.ts'
import type { Target } from '../../api/target.ts'
import type { Vocabulary } from '../../api/vocabulary.ts'
import { type AuditCard, auditCard } from '../../audit/card.ts'
import type { AuditedRun } from '../../audit/run.ts'
import type { Case } from '../../campaign/cases.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { vocabularies } from '../../vocabularies/index.ts'
import { REGISTER } from '../../vocabularies/register.ts'
import { cardPage } from '../audit/page.ts'
import { auditedRun, runsAt } from '../audit/read-runs.ts'
import type { AUDIT_SETTINGS } from '../audit/settings.ts'
import { cardText } from '../audit/text.ts'
import { INTERRUPTED } from '../interruption.ts'
import { answersOf } from '../run/claims-file.ts'
import { parseOptions } from '../run/options.ts'
import { referenceTo } from '../run/reference.ts'
import { findTarget } from '../run/registries.ts'
import type { SettingsOf } from '../setting.ts'
import { refuseWrong } from '../suite/expand.ts'
import { beginCampaign, newSuiteFolder, readProgress, writeJson } from '../suite/files.ts'
import { parseJobs, runPlan } from '../suite/run-plan.ts'

type Settings = SettingsOf<typeof AUDIT_SETTINGS>

const CARD = { json: 'card.json', page: 'card.html' } as const

const speaks = (target: Target, vocabulary: Vocabulary, options: Options): boolean =>
  target.clients[vocabulary.name] !== undefined && (target.lacks?.(vocabulary, options) ?? null) === null

/** Registers, and a workload of each vocabulary that shows more than its objects, as far as the target answers its calls. */
const workloadsFor = (target: Target, options: Options): readonly string[] => {
  const seen = new Set<string>()
  return Object.values(workloads).flatMap(({ name, vocabulary }) => {
    const isNeeded = vocabulary === REGISTER || vocabulary.shows !== undefined
    if (!isNeeded || seen.has(vocabulary.name) || !speaks(target, vocabulary, options)) return []
    seen.add(vocabulary.name)
    return [name]
  })
}

/** What is run with each seed. */
const choicesFor = (target: Target, options: Options): readonly { workload: string; nemesis: string }[] => {
  const { tolerates } = target.claims(options, REGISTER)
  const needed = workloadsFor(target, options)
  return [
    ...needed.map((workload) => ({ workload, nemesis: 'all' })),
    // Under all faults together it can seldom be told what one side did.
    ...(tolerates.partition !== undefined && speaks(target, REGISTER, options)
      ? [{ workload: 'register', nemesis: 'partition' }]
      : []),
  ]
}

const casesFor = (
  target: Target,
  options: Options,
  settings: Settings,
  reference: string,
): readonly Case[] => {
  const { targetOpts, env, nodes, timeLimitMs, seeds } = settings
  const shared = {
    target: reference,
    env,
    timeLimit: `${timeLimitMs}ms`,
    ...(targetOpts === undefined ? {} : { targetOpts }),
    ...(nodes === undefined ? {} : { nodes }),
  }
  return Array.from({ length: seeds }, (_, at) => at + 1).flatMap((seed) =>
    choicesFor(target, options).map((choice) => ({
      name: `${target.name} ${choice.workload} ${choice.nemesis}`,
      choice: { ...shared, ...choice },
      seed,
      expected: [],
    })),
  )
}

/** Runs what is needed. Null: it was interrupted. @returns the folders of the runs */
const makeRuns = async (
  cases: readonly Case[],
  name: string,
  settings: Settings,
): Promise<readonly string[] | null> => {
  parseJobs(settings.jobs)
  await refuseWrong(cases, 'The audit', 'Name with --runs what has been run')
  const plan = { suite: name, out: path.resolve(settings.out), cases, startedAt: new Date().toISOString() }
  const dir = beginCampaign(plan)
  const result = await runPlan(dir, plan, null, {
    jobs: settings.jobs,
    keep: undefined,
    failFast: false,
    untilFound: false,
    untilInvalid: false,
    reproduce: undefined,
    shrinkMs: undefined,
    again: 'faultline suite',
  })
  return result === null ? null : readProgress(dir).flatMap(({ runDir }) => runDir ?? [])
}

/** The runs of this target that were judged by these claims. */
const readAll = async (
  dirs: readonly string[],
  reference: string,
  claimsOf: (vocabulary: string) => Claims,
): Promise<readonly AuditedRun[]> => {
  const read: AuditedRun[] = []
  for (const dir of new Set(dirs.map((each) => path.resolve(each)))) {
    const run = await auditedRun(dir, reference)
    if (run !== null) read.push(run)
  }
  const runs = read.filter(
    ({ claims, vocabulary }) => JSON.stringify(claims) === JSON.stringify(claimsOf(vocabulary)),
  )
  const others = read.length - runs.length
  if (others > 0)
    process.stderr.write(
      `${others === 1 ? 'One run is' : `${others} runs are`} left out: the target claimed something else there, as with other options (--target-opts).\n`,
    )
  if (runs.length === 0)
    throw new UserError(
      'None of these runs is of the target with these options and has a verdict: leave out --runs to run what is needed.',
    )
  return runs
}

/** What is tolerated may differ from one vocabulary to another. */
const claimsIn = (runs: readonly AuditedRun[]): Claims => {
  const [first] = runs as readonly [AuditedRun]
  const tolerates = Object.assign({}, ...runs.map(({ claims }) => claims.tolerates))
  return { ...first.claims, tolerates }
}

const store = (card: AuditCard, out: string): string => {
  const dir = newSuiteFolder(path.resolve(out), `card-${card.target}`, new Date().toISOString())
  writeJson(path.join(dir, CARD.json), 'card', card)
  fs.writeFileSync(path.join(dir, CARD.page), cardPage(card, dir))
  return path.relative('.', path.join(dir, CARD.page))
}

export const auditCommand = async (name: string, settings: Settings): Promise<number> => {
  const target = await findTarget(name)
  const reference = referenceTo(name)
  const options = parseOptions(`target ${target.name}`, settings.targetOpts, target.options)
  const claimsOf = (vocabulary: string): Claims =>
    target.claims(options, vocabularies[vocabulary] ?? { name: vocabulary })
  const answers = await answersOf(name)
  const dirs =
    settings.runs === undefined
      ? await makeRuns(casesFor(target, options, settings, reference), `audit-${target.name}`, settings)
      : settings.runs.split(',').flatMap(runsAt)
  if (dirs === null) return INTERRUPTED
  const runs = await readAll(dirs, reference, claimsOf)
  const card = auditCard(target.name, runs, claimsIn(runs), answers)
  const page = store(card, settings.out)
  process.stdout.write(
    settings.format === 'json' ? `${JSON.stringify(card, null, 2)}\n` : `${cardText(card)}${page}\n`,
  )
  return card.claims.some(({ status }) => status === 'broken') ? EXIT_CODES.invalid : EXIT_CODES.valid
}
