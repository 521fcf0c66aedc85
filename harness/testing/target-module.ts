/** Modules of targets as a user writes them, whose nodes behave as a test specifies. */
import fs from 'node:fs'
import path from 'node:path'
import { PROJECT_ROOT } from './capabilities.ts'

/** TypeScript code of parts of a target. */
interface Code {
  /** Of `open`. */
  readonly client?: string
  /** Of the launch's steps. */
  readonly steps?: string
}

/** A target whose nodes behave as the test specifies. */
export const targetModule = (
  folder: string,
  name: string,
  argv: readonly string[],
  ready: boolean,
  { client = `() => Promise.reject(new Error('no'))`, steps = '{}' }: Code = {},
): string => {
  const file = path.join(folder, `${name}.ts`)
  fs.writeFileSync(
    file,
    `import type { Target } from '${path.join(PROJECT_ROOT, 'harness/api.ts')}'
const target: Target = {
  name: '${name}', description: 'a test', options: {}, nodes: { default: 2, min: 1 }, bugs: [], programs: {},
  claims: () => ({ source: 'test', consistency: {}, minority: 'refuse', tolerates: {} }),
  clients: { register: { open: ${client} } },
  launch: () => ({ files: {}, steps: ${steps}, processes: [{ name: 'main', argv: ${JSON.stringify(argv)}, env: {} }] }),
  ready: async () => ${ready},
}
export default target
`,
  )
  return file
}
