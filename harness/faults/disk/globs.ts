/** Which files of a data directory a fault hits: globs joined by `+`, relative to the directory. Names are bytes. */

const WILDCARDS: readonly (readonly [glob: string, expression: string])[] = [
  ['**/', '(?:.*/)?'],
  ['**', '.*'],
  ['*', '[^/]*'],
  ['?', '[^/]'],
]

const expressionOf = (glob: string): string => {
  let expression = ''
  for (let at = 0; at < glob.length; ) {
    const wildcard = WILDCARDS.find(([text]) => glob.startsWith(text, at))
    expression += wildcard?.[1] ?? (glob[at] as string).replace(/[.*+?^${}()|[\]\\/]/, '\\$&')
    at += wildcard?.[0].length ?? 1
  }
  return expression
}

/**
 * Tells whether a path matches: a character for each byte. `*` stands for any bytes but `/`, `**` for any, `?` for one.
 *
 * @param globs empty: every path matches
 */
export const pathMatcher = (globs: string): ((path: string) => boolean) => {
  if (globs === '') return () => true
  const bytes = Buffer.from(globs, 'utf8').toString('latin1')
  const expression = new RegExp(`^(?:${bytes.split('+').map(expressionOf).join('|')})$`, 's')
  return (path) => expression.test(path)
}
