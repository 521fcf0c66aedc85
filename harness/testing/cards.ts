/** Audit cards of bundled clusters, made by real runs: of the long form. */
import { expect, it } from 'vitest'
import { isFull } from './capabilities.ts'
import { faultline, temporaryFolder } from './command.ts'

interface Made {
  /** Of the target, such as `replication=async`. */
  readonly options?: string
  /** As the card says it. Absent: whatever it is. */
  readonly grade?: string
}

interface Card {
  readonly grade: string
  readonly claims: readonly { readonly claim: string; readonly status: string }[]
  readonly runs: readonly string[]
}

/** In the long form: what runs within the claims of the target show of each claim. None may be broken. */
export const itHasCard = (target: string, { options, grade }: Made = {}): void => {
  if (!isFull) return
  it(`has a card: ${options ?? 'by default'}${grade === undefined ? '' : `, ${grade}`}`, async () => {
    using folder = temporaryFolder()
    const chosen = options === undefined ? [] : ['--target-opts', options]
    const made = ['audit', target, '--env', 'namespaces', '--time-limit', '30s', '--format', 'json']
    const { exitCode, stdout, stderr } = await faultline([...made, ...chosen, '--out', folder.path])
    expect(exitCode, stderr).toBe(0)
    const card = JSON.parse(stdout) as Card
    expect(card.claims.filter(({ status }) => status === 'broken')).toEqual([])
    expect(card.claims.some(({ status }) => status === 'held')).toBe(true)
    expect(card.runs.length).toBeGreaterThan(0)
    if (grade !== undefined) expect(card.grade).toBe(grade)
  })
}
