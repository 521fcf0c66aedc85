/** An audit card for the terminal. */
import path from 'node:path'
import type { AuditCard } from '../../audit/card.ts'
import type { ClaimResult } from '../../audit/claims.ts'
import { type Dimension, WEIGHTS } from '../../audit/dimensions.ts'

const relative = (dir: string): string => path.relative('.', dir)

/** Such as `partition 4, kill 2`. */
export const faultsText = ({ faults }: Pick<ClaimResult, 'faults'>): string => {
  const counts = Object.entries(faults)
  return counts.length === 0 ? 'no fault' : counts.map(([model, count]) => `${model} ${count}`).join(', ')
}

const shownText = (result: ClaimResult): string => {
  const { status, runs, operations, toShow } = result
  if (status === 'not shown') return `not shown: it takes ${toShow}`
  const where = `${runs.length} run${runs.length === 1 ? '' : 's'}, ${operations} operations; ${faultsText(result)}`
  return status === 'held' ? `held (${where})` : `BROKEN (${where})`
}

const claimLines = (result: ClaimResult): readonly string[] => [
  `  ${result.claim}`,
  `      ${shownText(result)}`,
  ...(result.status === 'broken' ? result.runs.map((dir) => `      ${relative(dir)}`) : []),
]

const partText = ({ what, share }: Dimension['parts'][number]): string =>
  share === 1 ? what : share === 0 ? `NOT SHOWN: ${what}` : `${Math.round(100 * share)} % of ${what}`

const dimensionLines = ({ name, value, parts, broken }: Dimension): readonly string[] => [
  `  ${name.padEnd(20)} ${value.toFixed(2)}  (weight ${WEIGHTS[name].toFixed(2)})`,
  ...(broken === null ? [] : [`      BROKEN: ${broken.what} (${broken.runs.map(relative).join(', ')})`]),
  ...parts.map((each) => `      ${partText(each)}`),
]

const extremeLine = (what: string, extreme: AuditCard['weakestThatBroke']): string =>
  `  ${what}: ${extreme === null ? 'none' : `${extreme.strength} (${relative(extreme.run)})`}`

export const cardText = (card: AuditCard): string =>
  [
    `${card.target}: ${card.grade.toUpperCase()}   score ${card.score.toFixed(1)}, risk ${card.risk.toFixed(1)}, from ${card.runs.length} runs`,
    extremeLine('the weakest fault with which something broke', card.weakestThatBroke),
    extremeLine('the strongest fault with which nothing broke', card.strongestThatDidNot),
    '',
    'claims',
    ...card.claims.flatMap(claimLines),
    '',
    'dimensions',
    ...card.dimensions.flatMap(dimensionLines),
    '',
  ].join('\n')
