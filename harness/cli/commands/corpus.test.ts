/** Each entry of the corpus, as data: what a run of it would find wrong before anything starts. */
import { describe, expect, it } from 'vitest'
import { corpus } from '../../../targets/corpus/index.ts'
import type { KnownBug } from '../../api/corpus.ts'
import type { RunChoice } from '../../api/suite.ts'
import { optionsText } from '../../campaign/cases.ts'
import { parseExpect } from '../run/expect.ts'
import { findWorkload } from '../run/find-workload.ts'
import { withOptions } from '../run/nemeses.ts'
import { parseOptions } from '../run/options.ts'
import { findTarget } from '../run/registries.ts'
import { RUN_SETTINGS, type RunSettings } from '../run/settings.ts'
import { requireVocabulary } from '../run/support.ts'
import { type Given, parseSettings } from '../setting.ts'

const FILE_NAME = /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/

const settingsOf = ({ target: _, ...choice }: RunChoice): RunSettings => {
  const given = Object.entries(choice).map(([name, value]) => [
    name,
    typeof value === 'object' ? optionsText(value) : value === true || String(value),
  ])
  return parseSettings(RUN_SETTINGS, Object.fromEntries(given) as Given<typeof RUN_SETTINGS>)
}

/** As `faultline run` does it, but for what depends on the machine. @throws UserError */
const requireRunnable = async (choice: KnownBug['run']): Promise<void> => {
  const settings = settingsOf(choice)
  const target = await findTarget(choice.target)
  const workload = await findWorkload(settings.workload)
  const options = parseOptions(`target ${target.name}`, settings.targetOpts, target.options)
  requireVocabulary(target, options, workload)
  parseOptions(`workload ${workload.name}`, settings.workloadOpts, workload.options)
  parseExpect(settings.expect, workload.vocabulary)
  const names = (settings.nemesis ?? '').split(',').filter((name) => name !== '' && name !== 'all')
  withOptions(settings.nemesisOpts, names)
}

const sentence = /^[A-Z][^\n]*\.$/

describe('the corpus', () => {
  it('names each known bug once', () => {
    const ids = corpus.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(corpus.map((bug) => [bug.id, bug] as const))('%s is well-formed', async (id, bug) => {
    expect(id).toMatch(FILE_NAME)
    expect(new URL(bug.link).protocol).toBe('https:')
    expect(bug.what).toMatch(sentence)
    expect(bug.finds.length).toBeGreaterThan(0)
    expect(bug.finds, 'whatever it finds is no stated reason').not.toContain('any')
    // What cures it is either known, and then run, or not known.
    expect(bug.fixed === null).toBe(bug.control === null)
    expect(bug.run.faults !== undefined).toBe(bug.by === 'plan of steps')
    await requireRunnable(bug.run)
  })

  const controlled = corpus.flatMap(({ id, run, control }) =>
    control === null ? [] : [[id, run, control] as const],
  )
  it.each(controlled)(
    '%s: the control can be run, and differs in nothing that it does not say',
    async (_, run, control) => {
      await requireRunnable({ ...run, ...control })
      const said = Object.entries(control)
      expect(said.length).toBeGreaterThan(0)
      for (const [name, value] of said) expect(run[name as keyof RunChoice], name).not.toEqual(value)
    },
  )
})
