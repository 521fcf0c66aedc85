import { expect, it, vi } from 'vitest'
import { vocabularies } from '../../vocabularies/index.ts'
import { listCommand } from './list.ts'

it('vocabularies are listed with their calls and promises, and the workloads and targets that use them', async () => {
  const written: string[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text))
    return true
  })
  try {
    expect(await listCommand('vocabularies')).toBe(0)
  } finally {
    spy.mockRestore()
  }
  const text = written.join('')
  for (const { name, calls, promises } of Object.values(vocabularies)) {
    const section = text.slice(text.indexOf(`\n  ${name} `))
    expect(section, name).toMatch(/^\n {2}\S/)
    expect(section).toContain(
      `calls: ${Object.keys(calls).join(', ')}\n      promises: ${promises.join(', ')}\n`,
    )
  }
  expect(text).toContain('workloads: scheduled-job; targets: raft\n')
})
