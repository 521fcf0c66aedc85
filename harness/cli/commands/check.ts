/** `faultline check`: judges a stored run, or a history of ours or Jepsen's, again. */

import { EXIT_CODES, formatVerdict } from '../output/text.ts'
import { type CheckFlags, judgePath } from '../run/judge.ts'

export const checkCommand = async (
  given: string,
  flags: CheckFlags & { readonly json?: boolean },
): Promise<number> => {
  const judged = await judgePath(given, flags)
  const text = flags.json === true ? `${JSON.stringify(judged.verdict)}\n` : formatVerdict(judged)
  process.stdout.write(text)
  return EXIT_CODES[judged.verdict.status]
}
