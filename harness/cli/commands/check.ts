/** `faultline check`: judges a stored run again, or a history of faultline or Jepsen. */
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { type FormatSettings, print } from '../output/print.ts'
import { judgePath } from '../run/judge.ts'
import type { CheckSettings } from '../run/settings.ts'

export const checkCommand = async (
  given: string,
  settings: CheckSettings & FormatSettings,
): Promise<number> => {
  const judged = await judgePath(given, settings)
  print(judged, settings)
  return EXIT_CODES[judged.verdict.status]
}
