import { describe, expect, it } from 'vitest'
import type { Meta, Operation } from '../api/history.ts'
import type { FaultRecord, RunRecord, Sample } from '../api/record.ts'
import { plannedFault } from '../testing/faults.ts'
import { recordOf } from '../testing/record.ts'
import { believed } from './honest.ts'

const lied = (victims: readonly string[], parts: Partial<FaultRecord> = {}): FaultRecord => ({
  planned: { ...plannedFault(), model: 'byzantine' },
  victims,
  injectedAtNs: 1e9,
  healedAtNs: 2e9,
  effects: [],
  effective: true,
  ...parts,
})

const op = (index: number, type: Operation['type'], parts: Partial<Operation> = {}): Operation => ({
  index,
  timeNs: index * 1e6,
  process: 0,
  type,
  f: 'read',
  value: null,
  node: 'n1',
  ...parts,
})

/** Three reads of one process, of which the second is answered with this. */
const record = (meta: Meta | undefined, faults: readonly FaultRecord[], node = 'n1'): RunRecord =>
  recordOf({
    faults,
    history: [
      op(0, 'invoke'),
      op(1, 'ok', { value: 1 }),
      op(2, 'invoke', { node }),
      op(3, 'ok', { value: 2, node, ...(meta === undefined ? {} : { meta }) }),
      op(4, 'invoke'),
      op(5, 'ok', { value: 3 }),
    ],
  })

const outcomes = ({ pairs }: RunRecord) =>
  pairs.map(({ invocation, completion }) => [
    invocation.process,
    completion?.process,
    completion?.type,
    completion?.value,
  ])

const TRUSTED = [
  [0, 0, 'ok', 1],
  [0, 0, 'ok', 2],
  [0, 0, 'ok', 3],
]

describe('a run in which a node lied', () => {
  it.each([
    ['that node was asked and nobody else is named', undefined, 'n3'],
    ['that node served the call', { servedBy: 'n3' }, 'n1'],
  ])('has in doubt what only a traitor answered: %s; then another process goes on', (_, meta, node) => {
    const view = believed(record(meta, [lied(['n3'])], node))
    expect(view.traitors).toEqual(['n3'])
    expect(outcomes(view)).toEqual([
      [0, 0, 'ok', 1],
      [0, 0, 'info', null],
      [1, 1, 'ok', 3],
    ])
    expect(view.pairs.at(1)?.completion).toMatchObject({ error: 'only n3 answered, which lies' })
    expect(view.pairs.at(1)?.completion?.meta).toBeUndefined()
  })

  it.each([
    ['another node served the call', { servedBy: 'n2' }],
    ['several nodes vouched for it', { servedBy: 'n3', vouchedBy: 'n1,n3' }],
  ])('keeps what %s', (_, meta) => {
    expect(outcomes(believed(record(meta, [lied(['n3'])], 'n3')))).toEqual(TRUSTED)
  })

  it('does not believe a failure either: the change may have happened', () => {
    const history = [
      op(0, 'invoke', { f: 'write', value: 7 }),
      op(1, 'fail', { f: 'write', value: 7, error: 'refused', meta: { servedBy: 'n3' } }),
    ]
    expect(outcomes(believed(recordOf({ history, faults: [lied(['n3'])] })))).toEqual([[0, 0, 'info', 7]])
  })

  it('leaves out what the traitor says of itself, and counts the others', () => {
    const samples = ['n1', 'n3'].map((node): Sample => ({ timeNs: 1, node, status: null }))
    const logs = ['n1', 'n3'].map((node) => ({ node, text: '' }))
    const spec = { nodes: 3 } as RunRecord['spec']
    const view = believed(recordOf({ faults: [lied(['n3'])], samples, logs, spec }))
    expect([view.samples, view.logs].map((parts) => parts?.map(({ node }) => node))).toEqual([['n1'], ['n1']])
    expect(view.spec?.nodes).toBe(2)
  })

  it.each([
    ['told no lie', lied(['n3'], { effective: false })],
    ['was hit by another fault', lied(['n3'], { planned: plannedFault() })],
    ['was never made a traitor', (({ injectedAtNs: _, ...rest }) => rest)(lied(['n3']))],
  ])('believes a node that %s', (_, fault) => {
    const whole = record({ servedBy: 'n3' }, [fault])
    expect(believed(whole)).toBe(whole)
  })

  it('does not believe a node whose lies were never counted to the end', () => {
    const { healedAtNs: _, ...open } = lied(['n3'], { effective: false })
    expect(believed(record({ servedBy: 'n3' }, [open])).traitors).toEqual(['n3'])
  })
})
