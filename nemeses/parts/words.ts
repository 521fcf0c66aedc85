/** Options whose value consists of words joined by `+`: each fault uses one of them. */
import type { Rng } from '../../harness/api/random.ts'
import { UserError } from '../../harness/support/assert.ts'

/** @param what what the words choose, such as `how`; @param note a remark */
export const wordsOption = <Word extends string>(
  what: string,
  known: readonly Word[],
  byDefault: readonly NoInfer<Word>[] = known,
  note = '',
) =>
  ({
    type: 'string',
    default: byDefault.join('+'),
    description: `${what}: one or more of ${known.join(', ')}, joined by +${note === '' ? '' : `; ${note}`}`,
  }) as const

/** @throws UserError that names the option, if a word is unknown. */
export const parseWords = <Word extends string>(
  option: string,
  text: string,
  known: readonly Word[],
): readonly Word[] =>
  text.split('+').map((word) => {
    const found = known.find((candidate) => candidate === word)
    if (found === undefined) throw new UserError(`${option}=${word} is not one of ${known.join(', ')}.`)
    return found
  })

/** One of the things: each comes once before any comes again, in an order that the seed determines. */
export const takeTurn = <T>(rng: Rng, things: readonly T[], ordinal: number): T => {
  const round = Math.floor(ordinal / things.length)
  return rng.fork('round', round).shuffle(things)[ordinal % things.length] as T
}

/** Returns a function that gives each fault its word, in turns. */
export const wordsByTurns = <Word extends string>(
  rng: Rng,
  option: string,
  text: string,
  known: readonly Word[],
): ((ordinal: number) => Word) => {
  const words = parseWords(option, text, known)
  return (ordinal) => takeTurn(rng.fork(option), words, ordinal)
}
