/** How a node of a bundled cluster is started: one process of Node, with its settings as JSON. */
import { fileURLToPath } from 'node:url'
import type { ProcessSpec } from '../../harness/api/target.ts'

/** @param relative the module without its extension, from the module at `base` */
export const moduleAt = (relative: string, base: string): string => {
  const extension = base.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`${relative}.${extension}`, base))
}

/** Nodes are killed and started often, and half of the time that one takes to start it compiles. */
const compiled = (): Readonly<Record<string, string>> => {
  const { NODE_COMPILE_CACHE } = process.env
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }
}

export const nodeProcess = (name: string, module: string, config: unknown): ProcessSpec => ({
  name,
  argv: [process.execPath, '--max-old-space-size=256', module, JSON.stringify(config)],
  env: { NODE_NO_WARNINGS: '1', ...compiled() },
})
