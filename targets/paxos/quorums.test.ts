import { describe, expect, it } from 'vitest'
import { checkClaimedQuorums } from '../../harness/cli/run/claimed-quorums.ts'
import { defaultsOf } from '../../harness/cli/run/options.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { paxosOptions } from './options.ts'
import { sizesOf } from './quorums.ts'
import { paxos } from './target.ts'

const check = (phase1: number, phase2: number, nodes: number): void =>
  checkClaimedQuorums('paxos', paxos.claims({ ...defaultsOf(paxosOptions), phase1, phase2 }, REGISTER), nodes)

describe('quorums of the two phases', () => {
  it('are majorities unless options say otherwise', () => {
    expect([1, 2, 3, 4, 5].map((nodes) => sizesOf({ phase1: 0, phase2: 0 }, nodes).phase1)).toEqual([
      1, 2, 2, 3, 3,
    ])
    expect(sizesOf({ phase1: 4, phase2: 0 }, 5)).toEqual({ phase1: 4, phase2: 3 })
  })

  it('are refused exactly if one of phase 1 need not meet one of phase 2', () => {
    for (let nodes = 1; nodes <= 5; nodes++) {
      for (let phase1 = 1; phase1 <= nodes; phase1++) {
        for (let phase2 = 1; phase2 <= nodes; phase2++) {
          const isSafe = phase1 + phase2 > nodes
          if (isSafe) expect(() => check(phase1, phase2, nodes)).not.toThrow()
          else expect(() => check(phase1, phase2, nodes)).toThrow(/share no node/)
        }
      }
    }
  })

  it('are refused with what to do if they are no numbers of nodes', () => {
    expect(() => check(1.5, 0, 5)).toThrow('phase1=1.5 is no number of nodes. Set it to a whole number')
    expect(() => check(0, -1, 5)).toThrow('phase2=-1 is no number of nodes')
    expect(() => check(6, 0, 5)).toThrow('6 of 5 is more than there is')
  })

  it('a minority is claimed to refuse only where it cannot be a phase-2 quorum', () => {
    const claims = (phase2: number) =>
      paxos.claims({ ...defaultsOf(paxosOptions), phase1: 4, phase2 }, REGISTER)
    expect(claims(0).minority).toBe('refuse')
    expect(claims(2).minority).toBeUndefined()
  })
})
