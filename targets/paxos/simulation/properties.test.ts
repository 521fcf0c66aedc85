import { beforeEach, describe, expect, it } from 'vitest'
import type { Accepted, Entry } from '../core/types.ts'
import { Properties } from './properties.ts'

const entry = (slot: number, session: number, proposed: number): Entry => ({
  slot,
  proposed,
  command: { kind: 'op', session, seq: 1, vocabulary: 'register', call: { f: 'read', value: null } },
})

const accepted = (ballot: number, session: number, proposed = ballot): Accepted => ({
  ballot,
  entry: entry(1, session, proposed),
})

describe('the safety of consensus, of three acceptors', () => {
  let properties: Properties
  /** These acceptors accept it; what is broken then. */
  const accept = (ids: string, each: Accepted): string | null => {
    let broken: string | null = null
    for (const id of ids.split(' ')) broken ??= properties.onAccepted(id, each)
    return broken
  }

  beforeEach(() => {
    properties = new Properties(2)
    for (const session of [7, 8]) properties.onSubmit(entry(1, session, 0).command)
  })

  it('is kept by a value that is chosen, proposed again and learned', () => {
    expect(accept('n1 n2', accepted(1, 7))).toBeNull()
    expect(accept('n2 n3', accepted(5, 7, 1))).toBeNull()
    expect(properties.onLearned('n1', entry(1, 7, 1))).toBeNull()
    expect(properties.onLearned('n3', entry(1, 7, 1))).toBeNull()
  })

  it('agreement: two nodes learn different values', () => {
    accept('n1 n2', accepted(1, 7))
    properties.onLearned('n1', entry(1, 7, 1))
    expect(properties.onLearned('n2', entry(1, 8, 2))).toMatch(/^agreement: of slot 1, n1 learned/)
  })

  it('validity: nobody proposed it', () => {
    accept('n1 n2', accepted(1, 9))
    expect(properties.onLearned('n1', entry(1, 9, 1))).toMatch(/^validity: in slot 1, n1 learned/)
  })

  it('a value that one acceptor of two has accepted is not chosen', () => {
    accept('n1 n1', accepted(1, 7))
    expect(properties.onLearned('n1', entry(1, 7, 1))).toMatch(
      /^only a chosen value is learned: n1 .* nothing is chosen$/,
    )
  })

  it('two acceptors that accept in different ballots choose nothing', () => {
    accept('n1', accepted(1, 7))
    accept('n2', accepted(4, 7, 1))
    expect(properties.onLearned('n1', entry(1, 7, 1))).toMatch(/^only a chosen value is learned/)
  })

  it('a chosen value is stable, in whichever order the acceptors are seen', () => {
    accept('n1 n2', accepted(1, 7))
    expect(accept('n3', accepted(3, 8))).toMatch(/^a chosen value is stable: in slot 1, /)
    properties = new Properties(2)
    accept('n3', accepted(3, 8))
    expect(accept('n1 n2', accepted(1, 7))).toMatch(/^a chosen value is stable: in slot 1, /)
  })

  it('below the ballot in which it was chosen, another value may have been accepted', () => {
    accept('n1', accepted(1, 8))
    expect(accept('n2 n3', accepted(2, 7))).toBeNull()
  })

  it('a ballot has one value for a slot', () => {
    accept('n1', accepted(1, 7))
    expect(accept('n2', accepted(1, 8))).toMatch(
      /^one value for a ballot: in ballot 1 of slot 1, n1 accepted/,
    )
  })

  it('a promise never goes back', () => {
    expect(properties.onPromised('n1', 4)).toBeNull()
    expect(properties.onPromised('n2', 1)).toBeNull()
    expect(properties.onPromised('n1', 3)).toBe('promises: n1 promised ballot 4, and then only 3')
  })
})
