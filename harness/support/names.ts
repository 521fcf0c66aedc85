/** Names of nodes and the like in the order in which people count: `n2` before `n10`. */

/** For `sort`. */
export const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** Each name once. */
export const inNameOrder = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort(byName)
