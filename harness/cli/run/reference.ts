/** What is written for a part of a run: the name of a bundled one, or the path of a module. */
import path from 'node:path'

export const looksLikePath = (name: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(name)

/** The name to store in a RunSpec: the name of a bundled part, or the absolute path of a module. */
export const referenceTo = (name: string): string => (looksLikePath(name) ? path.resolve(name) : name)

/** A default export has no type at run time, so it is recognised by its methods. */
export const hasMethods = (value: unknown, names: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
