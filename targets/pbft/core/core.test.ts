/** Golden transcripts of the core, named after the sections of the paper. */
import { describe, expect, it } from 'vitest'
import type { Bug } from '../bugs/bugs.ts'
import { Bench, keys, request, STATUS_TICKS, said, VIEW_TICKS } from '../testing/bench.ts'
import { digestOf, digestOfText } from './texts.ts'
import type { Batch, Message, PrePrepare, Vote } from './types.ts'

const proposal = (seq: number, batch: Batch, of: Partial<PrePrepare> = {}): Message => ({
  type: 'proposal',
  batch,
  prePrepare: said({
    type: 'pre-prepare',
    view: 0,
    seq,
    digest: digestOf(batch),
    replica: 'n1',
    ...of,
  }),
})

const vote = (type: Vote['type'], replica: string, seq: number, batch: Batch, view = 0): Message => ({
  type: 'signed',
  signed: said({ type, view, seq, digest: digestOf(batch), replica }),
})

describe('4.2 normal-case operation', () => {
  it('transcript: pre-prepare, prepare, commit', () => {
    const bench = new Bench()
    bench.ask(request(7))
    const lines = bench.deliver()
    expect(lines.slice(0, 3)).toEqual(['n2', 'n3', 'n4'].map((id) => `n1>${id} pre-prepare 0:1 [7]`))
    expect(lines.filter((line) => line.includes('prepare 0:1') && !line.includes('pre-'))).toEqual(
      ['n2', 'n3', 'n4'].flatMap((from) =>
        bench.members.filter((to) => to !== from).map((to) => `${from}>${to} prepare 0:1`),
      ),
    )
    expect(lines.filter((line) => line.includes('commit'))).toHaveLength(12)
    for (const id of bench.members) expect(bench.executedBy(id)).toBe('[7]')
  })

  it('what waits at the same time is one batch, and few batches are on their way at once', () => {
    const bench = new Bench()
    bench.ask(...[1, 2, 3, 4, 5].map((value) => request(value, `c${value}`)))
    const lines = bench.deliver()
    const proposed = lines.filter((line) => line.startsWith('n1>n2 pre-prepare'))
    expect(proposed).toEqual(
      [1, 2, 3].map((seq) => `n1>n2 pre-prepare 0:${seq} ${['[1,2]', '[3,4]', '[5]'][seq - 1]}`),
    )
    expect(lines.indexOf(proposed[2] as string)).toBeGreaterThan(lines.indexOf('n2>n1 commit 0:1'))
    expect(bench.executedBy('n4')).toBe('[1,2] [3,4] [5]')
  })

  it('one silent replica of four does no harm; with two, nothing is executed', () => {
    for (const [silent, executed] of [
      [['n4'], '[7]'],
      [['n3', 'n4'], ''],
    ] as const) {
      const bench = new Bench()
      for (const id of silent) bench.cut.add(id)
      bench.ask(request(7))
      bench.deliver()
      expect(bench.executedBy('n1')).toBe(executed)
    }
  })

  it('a backup accepts one pre-prepare for a number in a view', () => {
    const bench = new Bench()
    bench.receive('n2', proposal(1, [request(7)]))
    bench.receive('n2', proposal(1, [request(8)]))
    expect(bench.deliver().filter((line) => line.startsWith('n2>'))).toHaveLength(3)
  })

  it('what a replica says is on its disk first', () => {
    const bench = new Bench()
    bench.ask(request(7))
    expect(bench.persisted).toEqual(['n1 requests', 'n1 accepted'])
    bench.receive('n2', proposal(1, [request(7)]))
    expect(bench.persisted.slice(2)).toEqual(['n2 requests', 'n2 accepted'])
    bench.receive('n2', vote('prepare', 'n3', 1, [request(7)]))
    expect(bench.persisted.slice(4)).toEqual(['n2 prepared'])
  })

  const forged = { ...request(7), timestamp: 8 }
  const refused: readonly (readonly [string, Message, Bug])[] = [
    [
      'a batch with another digest',
      proposal(1, [request(7)], { digest: digestOf([]) }),
      'digests-not-checked',
    ],
    ['a request that its client has not signed', proposal(1, [forged]), 'signatures-not-checked'],
    [
      'a pre-prepare that its primary has not signed',
      {
        type: 'proposal',
        batch: [],
        prePrepare: {
          body: { type: 'pre-prepare', view: 0, seq: 1, digest: digestOf([]), replica: 'n1' },
          signature: keys.of('n3').sign('x'),
        },
      },
      'signatures-not-checked',
    ],
    ['a number above the window', proposal(9, [request(7)]), 'window-not-checked'],
  ]
  it.each(refused)('a backup refuses %s', (_, message, bug) => {
    const healthy = new Bench()
    healthy.receive('n2', message)
    expect(healthy.deliver()).toEqual([])
    const broken = new Bench(bug)
    broken.receive('n2', message)
    expect(broken.deliver()).not.toEqual([])
  })

  it('a quorum is 2f+1: the pre-prepare with one prepare is not enough', () => {
    const prepared = (bug: Bug | null): boolean => {
      const bench = new Bench(bug)
      bench.receive('n2', proposal(1, [request(7)]))
      return bench.persisted.includes('n2 prepared')
    }
    expect(prepared(null)).toBe(false)
    expect(prepared('quorum-too-small')).toBe(true)
  })
})

/** Executes so many requests, one after another. */
const fill = (bench: Bench, from: number, to: number): void => {
  for (let value = from; value <= to; value++) {
    bench.ask(request(value))
    bench.deliver()
  }
}

describe('4.3 garbage collection', () => {
  it('a checkpoint that 2f+1 have is stable, and what it covers is forgotten', () => {
    const bench = new Bench()
    fill(bench, 1, 5)
    for (const id of bench.members) {
      expect(bench.core(id).stable).toMatchObject({ seq: 4, data: 'state 4' })
      expect(bench.core(id).kept).toEqual([5])
    }
  })

  it('without checkpoints the primary stops at the high water mark', () => {
    const bench = new Bench()
    bench.loses = (line) => line.includes('checkpoint')
    fill(bench, 1, 12)
    expect(bench.core('n1').executed).toBe(8)
  })

  it('a replica that missed everything is sent the state, and what follows', () => {
    const bench = new Bench()
    bench.cut.add('n4')
    fill(bench, 1, 6)
    bench.cut.clear()
    bench.tick('n4', 3 * STATUS_TICKS)
    expect(bench.deliver()).toContain('n1>n4 state 4')
    expect(bench.executedBy('n4')).toBe('state 4 [5] [6]')
  })

  it('it believes what 2f+1 have signed, not what one has', () => {
    const data = 'invented'
    const digest = digestOfText(`root ${data}`)
    const certificate = [said({ type: 'checkpoint', seq: 4, digest, root: 'root', replica: 'n3' } as const)]
    for (const [bug, executed] of [
      [null, 0],
      ['checkpoint-on-one-word', 4],
    ] as const) {
      const bench = new Bench(bug)
      bench.receive('n4', { type: 'state', certificate, data })
      expect(bench.core('n4').executed).toBe(executed)
    }
  })
})

/** The others lose patience with n1, which holds what it has. */
const depose = (bench: Bench): readonly string[] => {
  bench.cut.add('n1')
  bench.tickAll(VIEW_TICKS)
  return bench.deliver()
}

describe('4.4 view changes', () => {
  it('transcript: backups that wait too long ask for the next view, and its primary begins it', () => {
    const bench = new Bench()
    bench.cut.add('n1')
    bench.ask(request(7))
    const lines = depose(bench).filter((line) => line.includes('view'))
    expect(lines).toContain('n3>n2 view-change 1 stable 0 []')
    expect(lines).toContain('n2>n3 new-view 1 by n2+n3+n4 []')
    expect(lines).toContain('n2>n4 new-view 1 by n2+n3+n4 []')
    for (const id of ['n2', 'n3', 'n4']) expect(bench.executedBy(id)).toBe('[7]')
  })

  /** n2 has not heard of a batch that n1 has executed. */
  const overtaken = (bug: Bug | null): Bench => {
    const bench = new Bench(bug)
    bench.loses = (line) => line.includes('commit') && !line.includes('>n1 ')
    bench.ask(request(7))
    bench.deliver()
    expect(bench.executedBy('n1')).toBe('[7]')
    bench.loses = () => false
    return bench
  }

  it('what prepared is proposed again, so what any has executed all will execute', () => {
    const bench = overtaken(null)
    bench.ask(request(8))
    expect(depose(bench)).toContain('n2>n3 new-view 1 by n2+n3+n4 [1]')
    expect(bench.executedBy('n3')).toMatch(/^\[7\]/)
  })

  it('a gap is filled with the null request', () => {
    const bench = new Bench()
    bench.loses = (line) => line.includes(' 0:1') || line.includes('commit')
    bench.ask(request(7))
    bench.deliver()
    bench.ask(request(8))
    bench.deliver()
    bench.loses = () => false
    expect(depose(bench)).toContain('n2>n3 new-view 1 by n2+n3+n4 [1=null,2]')
  })

  it('f+1 that ask for a view are joined at once; f are not', () => {
    const bench = new Bench()
    const asks = (replica: string): Message => ({
      type: 'signed',
      signed: said({ type: 'view-change', view: 3, stable: 0, checkpoint: [], prepared: [], replica }),
    })
    bench.receive('n4', asks('n2'))
    expect(bench.core('n4').view).toBe(0)
    bench.receive('n4', asks('n3'))
    expect(bench.core('n4')).toMatchObject({ view: 3, isActive: true })
  })

  it.each([
    ['what prepared is taken', digestOf([request(7)]), true],
    ['a new view that drops it is refused', digestOf([]), false],
  ])('a backup computes the new view itself: %s', (_, digest, isTaken) => {
    const bench = overtaken(null)
    const prepared = bench
      .core('n3')
      .durable.records.flatMap((record) => (record.type === 'prepared' ? [record.certificate] : []))
    const viewChanges = ['n2', 'n3', 'n4'].map((replica) =>
      said({ type: 'view-change', view: 1, stable: 0, checkpoint: [], prepared, replica } as const),
    )
    const prePrepares = [said({ type: 'pre-prepare', view: 1, seq: 1, digest, replica: 'n2' } as const)]
    const newView = said({ type: 'new-view', view: 1, viewChanges, prePrepares, replica: 'n2' } as const)
    bench.receive('n3', { type: 'signed', signed: newView })
    expect(bench.core('n3').view).toBe(isTaken ? 1 : 0)
  })

  it('patience doubles with each view that fails', () => {
    const bench = new Bench()
    bench.cut.add('n1').add('n2')
    bench.ask(request(7))
    bench.tickAll(VIEW_TICKS)
    bench.deliver()
    expect(bench.core('n3').view).toBe(1)
    bench.cut.delete('n1')
    bench.ask(request(7))
    bench.tick('n1', VIEW_TICKS)
    bench.deliver()
    // A quorum asks for view 1, whose primary is silent.
    bench.tickAll(VIEW_TICKS)
    expect(bench.core('n3').view).toBe(2)
    // That of view 2 is silent, too.
    bench.cut.add('n3')
    bench.cut.delete('n2')
    bench.deliver()
    bench.tickAll(VIEW_TICKS)
    bench.deliver()
    bench.tickAll(VIEW_TICKS)
    expect(bench.core('n4').view).toBe(2)
    bench.tickAll(VIEW_TICKS)
    expect(bench.core('n4').view).toBe(3)
  })
})

describe('a replica that starts again', () => {
  it('keeps its word: it accepts no other batch where it has accepted one', () => {
    const bench = new Bench()
    bench.receive('n2', proposal(1, [request(7)]))
    bench.start('n2', bench.core('n2').durable)
    bench.deliver()
    bench.receive('n2', proposal(1, [request(8)]))
    expect(bench.deliver()).toEqual([])
  })

  it('does not go back to a view that it has left', () => {
    const bench = new Bench()
    bench.cut.add('n1').add('n2')
    bench.ask(request(7))
    bench.tickAll(VIEW_TICKS)
    bench.start('n3', bench.core('n3').durable)
    expect(bench.core('n3')).toMatchObject({ view: 1, isActive: false })
  })

  it('all of them do, and execute what was committed once they have told each other', () => {
    const bench = new Bench()
    fill(bench, 1, 5)
    for (const id of bench.members) bench.start(id, bench.core(id).durable)
    expect(bench.core('n1').executed).toBe(4)
    bench.tickAll(STATUS_TICKS)
    bench.deliver()
    for (const id of bench.members) expect(bench.core(id).executed).toBe(5)
  })
})
