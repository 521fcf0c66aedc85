/** How far the operations on one key can be put into an order: step by step, and why no further. */
import type { LinearizationView } from '../../../api/verdict.ts'
import { element } from '../dom.ts'
import { counted, type Names, operationLink, quoted } from './names.ts'

type Step = LinearizationView['order'][number]
type Attempt = LinearizationView['attempts'][number]

/** The end of the order says most. What comes before is folded. */
const OPEN_STEPS = 8

const stepOf = ({ operation, state }: Step, names: Names): HTMLElement =>
  element('li', {}, [
    operationLink(operation, names),
    element('span', { class: 'view-state' }, ['then it is ', quoted(state)]),
  ])

const steps = (from: number, some: readonly Step[], names: Names): HTMLElement =>
  element(
    'ol',
    { start: String(from + 1), class: 'view-steps' },
    some.map((step) => stepOf(step, names)),
  )

const orderOf = ({ order }: LinearizationView, names: Names): readonly HTMLElement[] => {
  const folded = Math.max(0, order.length - OPEN_STEPS)
  if (order.length === 0)
    return [element('p', {}, ['No order was found in time, so only the failing window is told.'])]
  return [
    ...(folded === 0
      ? []
      : [
          element('details', {}, [
            element('summary', {}, [counted(folded, 'earlier step')]),
            steps(0, order.slice(0, folded), names),
          ]),
        ]),
    steps(folded, order.slice(folded), names),
  ]
}

const refusalsOf = ({ refused }: Attempt, names: Names): readonly HTMLElement[] =>
  refused.length === 0
    ? []
    : [
        element(
          'ul',
          { class: 'view-refused' },
          refused.map(({ operation, why }) =>
            element('li', {}, [
              element('span', { class: 'view-no' }, ['✗ not possible: ']),
              operationLink(operation, names),
              element('div', { class: 'view-why' }, [quoted(why)]),
            ]),
          ),
        ),
      ]

/** `a, b and then c`, each a link. */
const chain = (operations: readonly number[], names: Names): readonly (Node | string)[] =>
  operations.flatMap((operation, at) => [...(at === 0 ? [] : [' → ']), operationLink(operation, names)])

const attemptOf = (attempt: Attempt, at: number, names: Names): HTMLElement => {
  const { order, state } = attempt
  return element('li', { class: 'view-attempt' }, [
    element('p', {}, [
      element('strong', {}, [`Way ${at + 1}: `]),
      ...(order.length === 0 ? ['nothing can come first'] : []),
      ...chain(order, names),
      ...(order.length === 0 ? [] : ['; then it is ', quoted(state)]),
      '.',
    ]),
    ...refusalsOf(attempt, names),
  ])
}

const beginningOf = ({ from: { states, others } }: LinearizationView): readonly (Node | string)[] => [
  'Before them it is ',
  ...states.flatMap((each, i) => [...(i === 0 ? [] : [' or ']), quoted(each)]),
  others === 0 ? '. ' : ` or one of ${counted(others, 'other state')}. `,
]

const attemptsOf = (view: LinearizationView, names: Names): readonly HTMLElement[] =>
  view.attempts.length === 0
    ? []
    : [
        element('h4', {}, ['Why nothing else can come next']),
        element('p', { class: 'view-note' }, [
          'These are the ways through the last operations before the failure, as far as each goes. ',
          ...beginningOf(view),
          'In the end every candidate is refused.',
        ]),
        element(
          'ol',
          { class: 'view-attempts' },
          view.attempts.map((attempt, at) => attemptOf(attempt, at, names)),
        ),
      ]

export const drawLinearization = (view: LinearizationView, names: Names): HTMLElement =>
  element('section', { class: 'view view-linearization' }, [
    element('h4', {}, ['The longest order of the operations on key ', quoted(view.key)]),
    element('p', { class: 'view-note' }, [
      'If this object were linearizable, one order of all operations would respect their times and explain their answers. This one goes furthest.',
    ]),
    ...orderOf(view, names),
    element('p', { class: 'view-blocked' }, [
      element('strong', { class: 'view-no' }, ['✗ cannot be placed: ']),
      operationLink(view.blocked, names),
    ]),
    ...attemptsOf(view, names),
    ...(view.omitted === 0
      ? []
      : [
          element('p', { class: 'view-note' }, [
            `${counted(view.omitted, 'more operation')} on this key up to the failure ${view.omitted === 1 ? 'is' : 'are'} not listed: earlier steps, or operations that were still open and need not have happened.`,
          ]),
        ]),
  ])
