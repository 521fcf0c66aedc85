/** Names of nodes and the like in the order in which people count: `n2` before `n10`. */

/** Each name once. */
export const inNameOrder = (names: Iterable<string>): readonly string[] =>
  [...new Set(names)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
