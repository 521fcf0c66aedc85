/** `faultline quorum`: whether quorums meet, and what they stand. */
import { describeQuorums, systemOf } from '../../quorum/describe.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'

export interface QuorumSettings {
  readonly up?: string | undefined
}

const probabilityIn = (text: string, given: string): number => {
  const probability = Number(text)
  if (text.trim() !== '' && probability >= 0 && probability <= 1) return probability
  throw new UserError(
    `--up ${given}: ${text === '' ? 'nothing' : text} is no probability. Write one from 0 to 1, as --up 0.99, or one for each node, as --up n1=0.99,n2=0.9.`,
  )
}

/** The probability for each node: one for all, or by name. */
const upIn = (given: string) => {
  return (nodes: readonly string[]): readonly number[] => {
    if (!given.includes('=')) return nodes.map(() => probabilityIn(given, given))
    const byNode = new Map(
      given.split(',').map((each) => {
        const [node = '', text = ''] = each.split('=')
        return [node.trim(), probabilityIn(text, given)]
      }),
    )
    for (const node of byNode.keys())
      if (!nodes.includes(node))
        throw new UserError(`--up ${given}: there is no node ${node}. There are ${nodes.join(', ')}.`)
    return nodes.map((node) => {
      const probability = byNode.get(node)
      if (probability === undefined)
        throw new UserError(`--up ${given} does not say how often ${node} is up.`)
      return probability
    })
  }
}

/** @returns 1 if two quorums that must meet do not */
export const quorumCommand = async (systems: readonly string[], { up }: QuorumSettings): Promise<number> => {
  const { lines, isSound } = describeQuorums(
    systems.map((text) => systemOf(text)),
    up === undefined ? null : upIn(up),
  )
  process.stdout.write(`${lines.join('\n')}\n`)
  return isSound ? EXIT_CODES.valid : EXIT_CODES.invalid
}
