/** The verdict must not depend on whether the page can be drawn. */
import { expect, it, vi } from 'vitest'
import type { Operation } from '../../harness/api/history.ts'
import { bareRecord } from '../../harness/store/run-store.ts'
import { linearizability } from './linearizability.ts'

vi.mock('./register-page.ts', () => ({
  drawRegisterPage: () => Promise.reject(new Error('no paper')),
}))

it('a page that cannot be drawn leaves an invalid verdict invalid, and says so', async () => {
  const read = { process: 0, f: 'read', node: 'n1' }
  const history: Operation[] = [
    { ...read, index: 0, timeNs: 0, type: 'invoke', value: { key: 1 } },
    { ...read, index: 1, timeNs: 1e6, type: 'ok', value: { key: 1, value: 7 } },
  ]
  const verdict = await linearizability({ initial: null }).check(
    bareRecord(history),
    new AbortController().signal,
  )
  expect(verdict.status).toBe('invalid')
  expect(verdict.evidence[0]?.text).toContain('<-- cannot be placed')
  expect(verdict.evidence[0]?.text).toContain('Its page could not be drawn: no paper')
  expect(verdict.evidence[0]?.page).toBeUndefined()
})
