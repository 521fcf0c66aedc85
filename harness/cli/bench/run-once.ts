/** One run by the command line, as a user would start it. */
import { execa } from 'execa'
import type { RunVerdict } from '../../api/verdict.ts'

/** What it says, with its folder; an error's last line if it said nothing. */
export type Ran = (RunVerdict & { readonly runDir: string }) | { readonly error: string }

/** @param args of `faultline run`, without those of the output */
export const runOnce = async (args: readonly string[], results: string): Promise<Ran> => {
  const all = [process.argv[1] as string, 'run', ...args, '--out', results, '--json']
  const { stdout, stderr } = await execa(process.execPath, all, { reject: false, stdin: 'ignore' })
  if (stdout === '') return { error: stderr.trim().split('\n').at(-1) ?? '' }
  return JSON.parse(stdout) as RunVerdict & { readonly runDir: string }
}
