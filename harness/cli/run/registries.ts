/** Names looked up in the registries, or loaded from a module's path; unknown names get a hint. */
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { nemeses } from '../../../nemeses/index.ts'
import { targets } from '../../../targets/index.ts'
import { workloads } from '../../../workloads/index.ts'
import type { Environment } from '../../api/environment.ts'
import type { Nemesis } from '../../api/nemesis.ts'
import type { Target } from '../../api/target.ts'
import type { Workload } from '../../api/workload.ts'
import { environments } from '../../environments/index.ts'
import { messageOf, UserError } from '../../support/assert.ts'

/** Edits to get from one word to another (Levenshtein). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitute, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}

export const unknownName = (kind: string, name: string, known: readonly string[]): UserError => {
  const near = known.find((candidate) => distance(name, candidate) <= 2)
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  return new UserError(`There is no ${kind} named ${name}.${hint} Known: ${known.join(', ') || 'none'}.`)
}

const lookUp = <T>(kind: string, registry: Readonly<Record<string, T>>, name: string): T => {
  const found = Object.hasOwn(registry, name) ? registry[name] : undefined
  if (found === undefined) throw unknownName(kind, name, Object.keys(registry))
  return found
}

export const findWorkload = (name: string): Workload => lookUp('workload', workloads, name)
export const findEnvironment = (name: string): Environment => lookUp('environment', environments, name)
export const findNemesis = (name: string): Nemesis => lookUp('nemesis', nemeses, name)

const looksLikePath = (name: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(name)

/** The name to keep in a RunSpec: a bundled target's own, a module's absolute path. */
export const targetReference = (name: string): string => (looksLikePath(name) ? path.resolve(name) : name)

export const findTarget = async (name: string): Promise<Target> => {
  if (!looksLikePath(name)) return lookUp('target', targets, name)
  const file = path.resolve(name)
  if (!fs.existsSync(file)) throw new UserError(`There is no target module at ${file}.`)
  let module: { default?: unknown }
  try {
    module = (await import(pathToFileURL(file).href)) as { default?: unknown }
  } catch (error) {
    throw new UserError(`The target module ${file} could not be loaded: ${messageOf(error)}`)
  }
  const target = module.default as Target | undefined
  if (typeof target?.launch !== 'function' || typeof target.claims !== 'function') {
    throw new UserError(`${file} does not export a Target as default: see Target in harness/api.ts.`)
  }
  return target
}

export { environments, nemeses, targets, workloads }
