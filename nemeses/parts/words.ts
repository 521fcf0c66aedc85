/** Options whose value is words joined by `+`: each fault takes one of them. */
import type { Rng } from '../../harness/api/random.ts'
import { UserError } from '../../harness/support/assert.ts'

/** @param what the words say, such as `how`; @param note what else there is to know */
export const wordsOption = <Word extends string>(
  what: string,
  known: readonly Word[],
  byDefault: readonly NoInfer<Word>[] = known,
  note = '',
) =>
  ({
    type: 'string',
    default: byDefault.join('+'),
    description: `${what}: ${known.join(', ')}, joined by +${note === '' ? '' : `; ${note}`}`,
  }) as const

/** @throws UserError that names the option, where a word is none of those known. */
export const parseWords = <Word extends string>(
  option: string,
  text: string,
  known: readonly Word[],
): readonly Word[] =>
  text.split('+').map((word) => {
    const found = known.find((candidate) => candidate === word)
    if (found === undefined) throw new UserError(`${option}=${word} is none of ${known.join(', ')}.`)
    return found
  })

/** One of the things, so that all have had their turn before one comes again; the order is the seed's. */
export const takeTurn = <T>(rng: Rng, things: readonly T[], ordinal: number): T => {
  const round = Math.floor(ordinal / things.length)
  return rng.fork('round', round).shuffle(things)[ordinal % things.length] as T
}

/** Of each fault its word, by turns. */
export const wordsByTurns = <Word extends string>(
  rng: Rng,
  option: string,
  text: string,
  known: readonly Word[],
): ((ordinal: number) => Word) => {
  const words = parseWords(option, text, known)
  return (ordinal) => takeTurn(rng.fork(option), words, ordinal)
}
