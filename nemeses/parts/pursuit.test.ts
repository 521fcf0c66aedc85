import { describe, expect, it } from 'vitest'
import type { NodeStatus } from '../../harness/api/target.ts'
import { hear, NOBODY_HELD } from './pursuit.ts'

/** `n1:leader:3` is what n1 says of itself, with the term; `n1:silent` does not answer. */
const said = (text: string): readonly [string, NodeStatus | null] => {
  const [node = '', role = '', term] = text.split(':')
  if (role === 'silent') return [node, null]
  return [node, { role: role as NodeStatus['role'], ...(term === undefined ? {} : { term: Number(term) }) }]
}

/** Who was held, in order, after the nodes have said this. */
const heldAfter = (...texts: readonly string[]): readonly string[] =>
  texts.map(said).reduce((pursuit, [node, status]) => hear(pursuit, node, status), NOBODY_HELD).turns

describe('the adversary holds', () => {
  it('nobody before a node leads', () => expect(heldAfter('n1:follower:1', 'n2:candidate:2')).toEqual([]))

  it('whichever node leads', () => expect(heldAfter('n1:follower:1', 'n2:leader:1')).toEqual(['n2']))

  it('a node until another one leads, even if it leads no more', () =>
    expect(heldAfter('n1:leader:1', 'n1:follower:1', 'n2:candidate:2', 'n2:leader:2')).toEqual(['n1', 'n2']))

  it('no node again only because it has not noticed that it was deposed', () =>
    expect(heldAfter('n1:leader:1', 'n2:leader:2', 'n1:leader:1', 'n1:leader:1')).toEqual(['n1', 'n2']))

  it('a node again that leads again', () =>
    expect(heldAfter('n1:leader:1', 'n2:leader:2', 'n1:follower:2', 'n1:leader:3')).toEqual([
      'n1',
      'n2',
      'n1',
    ]))

  it('the leader of the highest term, whoever answers last', () =>
    expect(heldAfter('n2:leader:2', 'n1:leader:1')).toEqual(['n2']))

  it('one turn of a node that goes on in a new term', () =>
    expect(heldAfter('n1:leader:1', 'n1:leader:2', 'n2:leader:1')).toEqual(['n1']))

  it('whoever leads anew, where nodes tell no term or the old one', () =>
    expect(heldAfter('n1:leader', 'n2:leader', 'n1:leader', 'n1:follower', 'n1:leader')).toEqual([
      'n1',
      'n2',
      'n1',
    ]))

  it('whom it held before, of nodes that are silent', () =>
    expect(heldAfter('n1:leader:1', 'n1:silent', 'n2:silent', 'n1:leader:1')).toEqual(['n1']))
})
