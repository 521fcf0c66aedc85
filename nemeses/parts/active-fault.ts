/** A fault in force whose heal happens once, however often and from wherever it is asked for. */
import type { ActiveFault, Effect } from '../../harness/api/nemesis.ts'

export const activeFault = (
  id: string,
  victims: readonly string[],
  measure: () => Promise<Effect>,
  heal: () => Promise<Effect>,
): ActiveFault => {
  let healed: Promise<Effect> | null = null
  return {
    id,
    victims,
    measure,
    heal: () => {
      healed ??= heal()
      return healed
    },
  }
}
