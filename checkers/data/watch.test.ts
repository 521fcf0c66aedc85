import { cases, inDoubt, refused } from '../../harness/testing/cases.ts'
import { expecting } from '../../harness/testing/promises.ts'
import { done } from '../../harness/testing/steps.ts'
import { watch } from './watch.ts'

const event = (revision: number, value = revision) => ({ revision, key: 1, value })
const change1 = (revision: number, value = revision) =>
  done(value, 'put', { key: 1, value }, event(revision, value))
const watched = (after: number, upTo: number, ...events: ReturnType<typeof event>[]) =>
  done(9, 'watch', { after }, { events, upTo })
const deletion = (revision: number) => ({ revision, key: 1, value: null })
const deleted = (revision: number) => done(revision, 'put', { key: 1, value: null }, deletion(revision))
/** A watch of a store that has forgotten what was before. */
const watchedFrom = (from: number, upTo: number, ...events: readonly object[]) =>
  done(9, 'watch', { after: 0 }, { events, upTo, from })
const maybePut = (value: number) => inDoubt(5, 'put', { key: 1, value })
cases(watch, [
  ['each once, in order', 'valid', change1(1), change1(2), watched(0, 1, event(1)), watched(1, 2, event(2))],
  [
    'one that was never acknowledged',
    'valid',
    inDoubt(5, 'put', { key: 1, value: 7 }),
    watched(0, 1, event(1, 7)),
  ],
  [
    'one that a watch reported before its put was over',
    'valid',
    watched(0, 1, event(1)),
    change1(1),
    watched(1, 1),
  ],
  [
    'one whose revision was told otherwise only later',
    'invalid',
    watched(0, 1, event(1, 7)),
    inDoubt(5, 'put', { key: 1, value: 7 }),
    change1(1),
  ],
  ['a value put twice', 'valid', change1(1), change1(2, 1), watched(0, 2, event(1), event(2, 1))],
  [
    'a value put twice, once in doubt',
    'valid',
    change1(1),
    maybePut(1),
    watched(0, 2, event(1), event(2, 1)),
  ],
  [
    'a value put twice, then refused',
    'valid',
    change1(1),
    refused(0, 'put', { key: 1, value: 1 }),
    watched(0, 1, event(1)),
  ],
  [
    'a value put twice, of which one was refused, is reported as two changes',
    'invalid',
    ...[change1(1), refused(0, 'put', { key: 1, value: 1 }), watched(0, 2, event(1), event(2, 1))],
  ],
  [
    'a value put twice is reported as three changes',
    'invalid',
    ...[change1(1), change1(2, 1), watched(0, 2, event(1), event(2, 1)), watched(2, 3, event(3, 1))],
  ],
  ['a value put twice, one of them missed', 'invalid', change1(1), change1(2, 1), watched(0, 2, event(2, 1))],
  ['one missed', 'invalid', change1(1), change1(2), watched(0, 2, event(2))],
  [
    'one missed where it goes on',
    'invalid',
    change1(1),
    change1(2),
    change1(3),
    watched(0, 1, event(1)),
    watched(1, 3, event(3)),
  ],
  ['one twice', 'invalid', change1(1), watched(0, 1, event(1), event(1))],
  ['one invented', 'invalid', change1(1), watched(0, 2, event(1), event(2, 99))],
  ['one refused', 'invalid', refused(0, 'put', { key: 1, value: 3 }), watched(0, 1, event(1, 3))],
  [
    'others told otherwise',
    'invalid',
    change1(1),
    inDoubt(5, 'put', { key: 1, value: 7 }),
    watched(0, 1, event(1, 7)),
  ],
  ['nothing watched', 'unknown', change1(1)],
  ['one that no watch went as far as', 'unknown', change1(1), change1(2), watched(0, 1, event(1))],
  ['one lost in the end', 'invalid', change1(1), change1(2), watched(0, 1, event(1)), watched(1, 1)],
  [
    'one lost in the end, once reported',
    'invalid',
    change1(1),
    change1(2),
    watched(0, 2, event(1), event(2)),
    watched(0, 1, event(1)),
    watched(1, 1),
  ],
  [
    'one acknowledged after the last watch began',
    'unknown',
    change1(1),
    watched(0, 1, event(1)),
    watched(1, 1),
    change1(2),
  ],
  ['one revision for two changes', 'invalid', change1(1), change1(1, 7), watched(0, 1, event(1, 7))],
  [
    'a key deleted twice',
    'valid',
    ...[change1(1), deleted(2), change1(3), deleted(4)],
    done(9, 'watch', { after: 0 }, { events: [event(1), deletion(2), event(3), deletion(4)], upTo: 4 }),
  ],
  [
    'a deletion missed',
    'invalid',
    ...[change1(1), deleted(2), change1(3)],
    done(9, 'watch', { after: 0 }, { events: [event(1), event(3)], upTo: 3 }),
  ],
  [
    'a deletion that nobody asked for',
    'invalid',
    change1(1),
    done(9, 'watch', { after: 0 }, { events: [event(1), deletion(2)], upTo: 2 }),
  ],
  [
    'older ones forgotten, and told so',
    'valid',
    ...[change1(1), deleted(2), change1(3)],
    watchedFrom(1, 3, deletion(2), event(3)),
  ],
  [
    'older ones forgotten, and the first that is left missed',
    'invalid',
    ...[change1(1), deleted(2), change1(3)],
    watchedFrom(1, 3, event(3)),
  ],
  [
    'older ones forgotten, and one of those reported',
    'invalid',
    ...[change1(1), deleted(2), change1(3)],
    watchedFrom(2, 3, deletion(2), event(3)),
  ],
  ['one change at two revisions', 'invalid', change1(1), watched(0, 2, event(1), event(2, 1))],
])

cases(
  watch,
  [
    ['not yet at the latest', 'unknown', change1(1), change1(2), watched(0, 1, event(1))],
    [
      'late, and then at the latest',
      'valid',
      change1(1),
      change1(2),
      watched(0, 1, event(1)),
      watched(1, 2, event(2)),
    ],
    ['one missed', 'invalid', change1(1), change1(2), watched(0, 2, event(2))],
  ],
  { what: 'where old answers are expected', parts: expecting('consistent-prefix') },
)
