import { expect, it } from 'vitest'
import { cases, inDoubt, refused } from '../../harness/testing/cases.ts'
import { claiming } from '../../harness/testing/promises.ts'
import { done, judgeSteps } from '../../harness/testing/steps.ts'
import { PUBLICATION, type PublishedVersions } from '../../harness/vocabularies/publication.ts'
import {
  type Draw,
  type Drawn,
  drawFrom,
  isExplained,
  overlapping,
  type SequentialObject,
} from '../testing/orders.ts'
import { publication } from './publication.ts'

const asked = (version: number) => ({ index: 1, version, shards: 2 })
const publish = (version: number, published = true, process = 0) =>
  done(process, 'publish', asked(version), { index: 1, version, published })
const read = (versions: readonly (number | null)[], process = 9) =>
  done(process, 'read', { index: 1 }, { index: 1, versions })
const whole = (version: number, process = 9) => read([version, version], process)

const TORN = [
  ['shards of two versions', 'invalid', publish(1), publish(2), read([1, 2])],
  ['half of a first version', 'invalid', publish(1), read([1, null])],
  ['fewer shards than were published', 'invalid', publish(1), read([1])],
  ['nobody began it', 'invalid', publish(1), whole(7)],
  ['a publication that failed', 'invalid', publish(1), refused(0, 'publish', asked(2)), whole(2)],
  ['a publication that was refused', 'invalid', publish(2), publish(1, false), whole(1)],
  ['refused without a reason', 'invalid', publish(1), publish(2, false)],
  ['an older one published over a newer one', 'invalid', publish(2), publish(1)],
] as const

cases(publication, [
  ['one after another', 'valid', read([]), publish(1), whole(1), publish(2), whole(2), publish(1, false)],
  ['nothing is published yet', 'valid', read([null, null]), publish(1), whole(1)],
  ['in doubt, and visible', 'valid', publish(1), inDoubt(0, 'publish', asked(2)), whole(2), whole(2)],
  ['in doubt, and not visible', 'valid', publish(1), inDoubt(0, 'publish', asked(2)), whole(1)],
  ['in doubt, and gone again', 'invalid', publish(1), inDoubt(0, 'publish', asked(2)), whole(2), whole(1, 8)],
  ['older than what was acknowledged', 'invalid', publish(1), publish(2), whole(1)],
  ['nothing after something', 'invalid', publish(1), read([])],
  ['nobody published', 'unknown', read([])],
  ['nobody read', 'unknown', publish(1)],
  ...TORN,
])

cases(
  publication,
  [
    ['another reader saw a newer one', 'valid', publish(1), publish(2), whole(2), whole(1, 8)],
    ['the same reader saw a newer one', 'invalid', publish(1), publish(2), whole(2), whole(1)],
    ...TORN,
  ],
  { what: 'if a reader does not go back', parts: claiming(PUBLICATION, { read: 'monotonic' }) },
)

cases(
  publication,
  [['old answers', 'valid', publish(1), publish(2), whole(2), whole(1), read([])], ...TORN],
  { what: 'if answers may be old', parts: claiming(PUBLICATION, { read: 'consistent-prefix' }) },
)

/** The greatest version so far. */
const greatest: SequentialObject<number> = {
  initial: 0,
  after: (state, { f, value }, ok) => {
    if (f === 'read') {
      const version = (ok as PublishedVersions | undefined)?.versions[0] ?? 0
      return ok === undefined || version === state ? state : undefined
    }
    const { version } = value as { version: number }
    const published = version > state
    if (ok !== undefined && (ok as { published: boolean }).published !== published) return undefined
    return Math.max(state, version)
  },
}

const drawn = (draw: Draw): readonly Drawn[] => {
  const versions = [1, 2, 3, 4]
  return Array.from({ length: 6 }, () => {
    const version = versions.splice(draw.int(versions.length), 1)[0]
    if (version === undefined || draw.int(2) === 0) {
      if (version !== undefined) versions.push(version)
      const shown = draw.int(5)
      return {
        call: { f: 'read', value: { index: 1 } },
        ok: { index: 1, versions: shown === 0 ? [] : [shown, shown] },
      }
    }
    return {
      call: { f: 'publish', value: asked(version) },
      ok: { index: 1, version, published: draw.int(3) > 0 },
    }
  })
}

it('agrees with a search of all orders', async () => {
  let explained = 0
  for (let seed = 0; seed < 8000; seed++) {
    const draw = drawFrom(seed)
    const steps = overlapping(draw, drawn(draw))
    const isRight = isExplained(greatest, steps)
    const { status, summary } = await judgeSteps(publication, steps)
    expect(status === 'invalid', `seed ${seed}: ${summary}\n${JSON.stringify(steps)}`).toBe(!isRight)
    if (isRight) explained++
  }
  expect(explained).toBeGreaterThan(200)
}, 60_000)
