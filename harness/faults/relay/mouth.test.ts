import { describe, expect, it } from 'vitest'
import type { Liar, Stream } from '../../api/byzantine.ts'
import { rngFromSeed } from '../../support/random.ts'
import { Mouth } from './mouth.ts'
import { Tally } from './tally.ts'

const SAID: Stream = { connection: 1, direction: 'said', peer: 'n2', port: 1, isOpenedByTraitor: true }
const frame = (text: string) => ({ bytes: Buffer.from(text), message: text })

const liar: Liar<string> = {
  decoder: () => null,
  encode: (text) => Buffer.from(text),
  lies: {
    shout: (text) => (text === 'nothing' ? null : { instead: [text.toUpperCase()], what: text }),
    whisper: (text) => ({ instead: [text], also: [{ to: 'n3', message: `${text}?` }], what: text }),
  },
}

const mouthOf = (isReached = true) => {
  let nowMs = 0
  const tally = new Tally('n1', () => nowMs++)
  const whispered: string[] = []
  const mouth = new Mouth({
    liar: liar as Liar,
    rng: rngFromSeed(1),
    tally,
    sayTo: (to, make) => {
      if (isReached) whispered.push(`${to}: ${make(SAID)}`)
      return isReached
    },
  })
  const say = (text: string, end = 'n2', stream: Stream = SAID): string =>
    Buffer.concat([...mouth.say(frame(text), stream, end).bytes]).toString()
  return { mouth, tally, whispered, say }
}

type Told = Parameters<Mouth['obey']>[0]['lies'][number]
const order = (...lies: readonly Told[]) => ({ type: 'lie', lies, delayMs: 40 }) as const
const lie = (name: string, kind: Told['kind'], audience: readonly string[] = ['n2']): Told => ({
  lie: name,
  kind,
  audience,
})

describe('a traitor', () => {
  it('tells the truth until it is told to lie, and to all who are not named', () => {
    const { mouth, say, tally } = mouthOf()
    expect(say('a')).toBe('a')
    mouth.obey(order(lie('shout', 'corruption')))
    expect([say('a'), say('a', 'n3'), say('nothing')]).toEqual(['A', 'a', 'nothing'])
    expect(tally.told).toEqual([
      { lie: 'shout', kind: 'corruption', by: 'n1', to: 'n2', count: 1, firstMs: 0, lastMs: 0, what: 'a' },
    ])
  })

  it.each([
    [true, ['n3: a?'], ['n3']],
    [false, [], []],
  ])('counts what it says besides only if it was sent: %s', (isReached, heard, counted) => {
    const { mouth, say, tally, whispered } = mouthOf(isReached)
    mouth.obey(order(lie('whisper', 'forged-sender')))
    expect(say('a'), 'what it says in its place is the truth').toBe('a')
    expect(whispered).toEqual(heard)
    expect(tally.told.map(({ to }) => to)).toEqual(counted)
  })

  it('is silent or late in what it says, and hears everything', () => {
    const { mouth, say } = mouthOf()
    mouth.obey(order(lie('silence', 'silence')))
    expect([say('a'), say('a', 'n2', { ...SAID, direction: 'heard' })]).toEqual(['', 'a'])
    mouth.obey(order(lie('delay', 'delay')))
    expect(mouth.say(frame('a'), SAID, 'n2').lateMs).toBe(40)
  })

  it('says old words of the same port again, after those that it says', () => {
    const { mouth, say } = mouthOf()
    for (let n = 0; n < 20; n++) say('old')
    say('other port', 'n2', { ...SAID, port: 2 })
    mouth.obey(order(lie('replay', 'replay')))
    const said = Array.from({ length: 40 }, () => say('new'))
    expect(said).toContain('newold')
    expect(new Set(said)).toEqual(new Set(['new', 'newold', 'newnew']))
  })

  it('tells each of several lies sometimes', () => {
    const { mouth, say } = mouthOf()
    mouth.obey(order(lie('shout', 'corruption'), lie('silence', 'silence')))
    expect(new Set(Array.from({ length: 20 }, () => say('a')))).toEqual(new Set(['A', '']))
  })
})
