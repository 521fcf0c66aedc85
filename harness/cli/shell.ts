/** Commands as they are typed in a shell. */

/** A word, quoted if the shell would read it differently. */
export const typed = (word: string): string =>
  /^[\w./,:+=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

export const typedCommand = (words: readonly string[]): string => words.map(typed).join(' ')
