/** `faultline simulate`: the core of a target under its deterministic simulator; what breaks a property is made exactly small. */
import fs from 'node:fs'
import path from 'node:path'
import type { SimulatedPlan, SimulatedRun, Simulation } from '../../api/simulation.ts'
import type { Target } from '../../api/target.ts'
import type { Workload } from '../../api/workload.ts'
import { shrinkSimulated, type WholePlan } from '../../campaign/shrink-simulated.ts'
import { encodeOperation } from '../../history/jsonl.ts'
import { encodeHeader, type FileHeader, requireSchema } from '../../history/schema.ts'
import { FILES } from '../../store/run-store.ts'
import { ownVersion } from '../../store/version.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { visible } from '../../support/visible.ts'
import { INTERRUPTED, untilInterrupted } from '../interruption.ts'
import { findWorkload } from '../run/find-workload.ts'
import { judgeSimulated } from '../run/judge.ts'
import { referenceTo } from '../run/reference.ts'
import { findTarget } from '../run/registries.ts'
import { typedCommand } from '../shell.ts'
import { writeJson } from '../suite/files.ts'
import { lookUp } from '../unknown-name.ts'

const FILE = 'simulation.json'
const FOLDER = 'simulated'

export interface SimulateSettings {
  readonly bug?: string | undefined
  readonly seed?: number | undefined
  readonly seeds: number
  readonly plan?: string | undefined
  readonly out: string
}

interface Simulated {
  readonly run: SimulatedRun
  /** The name of the broken property, or of the checker. */
  readonly property: string
  readonly sentence: string
}

/** The content of `simulation.json`. */
interface Shrunk {
  readonly target: string
  readonly bug: string | null
  readonly property: string
  readonly sentence: string
  readonly from: WholePlan
  readonly plan: WholePlan
}

/** A simulation with what judges its histories. */
interface Simulator {
  readonly simulation: Simulation
  readonly workload: Workload
  readonly bug: string | null
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const simulatorOf = async (target: Target, bug: string | undefined): Promise<Simulator> => {
  if (target.simulation === undefined)
    throw new UserError(`${target.name} has no simulation: \`faultline run\` tests its real processes.`)
  if (bug !== undefined) {
    const planted = lookUp('bug', Object.fromEntries(target.bugs.map((each) => [each.name, each])), bug)
    if (planted.simulatorSeeds === null)
      throw new UserError(`The simulation of ${target.name} does not cover ${bug}: ${planted.description}.`)
  }
  const simulation = await target.simulation()
  return { simulation, workload: await findWorkload(simulation.workload), bug: bug ?? null }
}

/** Null: nothing was broken. */
const brokenBy = async (
  { simulation, workload, bug }: Simulator,
  plan: SimulatedPlan,
): Promise<Simulated | null> => {
  const run = simulation.run(plan, bug)
  const [, property, sentence] = /^([^:]+): (.+)$/s.exec(run.violation ?? '') ?? []
  if (property !== undefined && sentence !== undefined) return { run, property, sentence }
  const { verdicts } = await judgeSimulated(run.history, workload)
  const invalid = verdicts.find(({ status }) => status === 'invalid')
  return invalid === undefined ? null : { run, property: invalid.checker, sentence: invalid.summary }
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

const sizeOf = ({ faults, ticks, clients, nodes, isLossy }: WholePlan): string =>
  [
    plural(faults.length, 'fault'),
    plural(ticks, 'tick'),
    plural(clients, 'client'),
    plural(nodes, 'node'),
    `messages ${isLossy ? 'lost, repeated and late' : 'in order'} besides`,
  ].join(', ')

const faultLines = (simulation: Simulation, { faults }: WholePlan): readonly string[] =>
  faults.map(
    (fault) => `    tick ${fault.atTick}, for ${fault.lastsTicks}: ${visible(simulation.describe(fault))}`,
  )

const write = (dir: string, result: Shrunk, { history }: SimulatedRun): string => {
  fs.mkdirSync(dir, { recursive: true })
  const file = path.join(dir, FILE)
  writeJson(file, 'simulation', result)
  const lines = [encodeHeader('history', ownVersion()), ...history.map(encodeOperation)]
  fs.writeFileSync(path.join(dir, FILES.history), lines.join(''))
  return file
}

/** As small as it can be. */
const shrunk = async (
  target: string,
  simulator: Simulator,
  plan: SimulatedPlan,
  broken: Simulated,
  out: string,
): Promise<string> => {
  const from = { ...plan, ticks: broken.run.endedAtTick, faults: broken.run.faults }
  let runs = 0
  const breaks = async (candidate: WholePlan): Promise<boolean> => {
    runs += 1
    return (await brokenBy(simulator, candidate))?.property === broken.property
  }
  const small = await shrinkSimulated(from, breaks)
  const end = await brokenBy(simulator, small)
  if (end === null) throw new Error('The smallest plan breaks nothing: the simulation is not deterministic.')
  const { bug, simulation } = simulator
  const { property, sentence } = end
  const name = [path.basename(target), ...(bug === null ? [] : [bug]), `seed-${plan.seed}`].join('-')
  const result = { target: referenceTo(target), bug, property, sentence, from, plan: small }
  const file = write(path.join(path.resolve(out), FOLDER, name), result, end.run)
  const words = [...(bug === null ? [] : ['--bug', bug]), '--plan', path.relative('.', file)]
  return [
    `seed ${plan.seed} breaks ${visible(property)}: ${visible(sentence)}`,
    `  from  ${sizeOf(from)}`,
    `  to    ${sizeOf(small)}`,
    ...faultLines(simulation, small),
    `  exact, by ${plural(runs, 'run')}: without any one fault, or with fewer ticks, clients or nodes (three at least), this property is not broken`,
    `  again  ${typedCommand(['faultline', 'simulate', target, ...words])}`,
  ].join('\n')
}

/** @throws UserError if the file is no such plan */
const readPlan = (file: string): WholePlan => {
  if (!fs.existsSync(file)) throw new UserError(`There is no plan at ${path.resolve(file)}.`)
  const content = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Shrunk & FileHeader>
  requireSchema('simulation', content.schema ?? 'none', file)
  return content.plan as WholePlan
}

const repeated = async (simulator: Simulator, file: string): Promise<number> => {
  const plan = readPlan(file)
  const broken = await brokenBy(simulator, plan)
  const told =
    broken === null ? 'no property is broken' : `breaks ${broken.property}: ${visible(broken.sentence)}`
  process.stdout.write(`${told}\n  ${sizeOf(plan)}\n${faultLines(simulator.simulation, plan).join('\n')}\n`)
  return broken === null ? EXIT_CODES.valid : EXIT_CODES.invalid
}

export const simulateCommand = async (
  given: string,
  { bug, seed, seeds, plan: file, out }: SimulateSettings,
): Promise<number> => {
  const target = await findTarget(given)
  const simulator = await simulatorOf(target, bug)
  if (file !== undefined) return repeated(simulator, file)
  using interruption = untilInterrupted('nothing is kept')
  const { signal } = interruption
  const asked = seed === undefined ? Array.from({ length: seeds }, (_, at) => at + 1) : [seed]
  for (const each of asked) {
    // A simulated run does not wait, so that signals would not be heard.
    await new Promise((resolve) => setImmediate(resolve))
    if (signal.aborted) return INTERRUPTED
    const plan = simulator.simulation.draw(each)
    const broken = await brokenBy(simulator, plan)
    if (broken === null) continue
    say(`seed ${each} breaks ${visible(broken.property)}; making it smaller`)
    process.stdout.write(`${await shrunk(given, simulator, plan, broken, out)}\n`)
    return EXIT_CODES.invalid
  }
  process.stdout.write(`no property was broken in ${plural(asked.length, 'seed')}\n`)
  return EXIT_CODES.valid
}
