import { expect, it, vi } from 'vitest'
import { incidents } from '../../../incidents/index.ts'
import { vocabularies } from '../../vocabularies/index.ts'
import { listCommand } from './list.ts'

const listed = async (...given: Parameters<typeof listCommand>): Promise<string> => {
  const written: string[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text))
    return true
  })
  try {
    expect(await listCommand(...given)).toBe(0)
  } finally {
    spy.mockRestore()
  }
  return written.join('')
}

it('the claims of a target are listed with what its makers say, and of nothing else', async () => {
  const text = await listed('claims', 'paxos')
  for (const part of [
    'register           linearizable',
    'quorums            majority of nodes',
    'Which sets of nodes decide?',
  ])
    expect(text).toContain(part)
  await expect(listCommand('claims')).rejects.toThrow(/Of which target/)
  await expect(listCommand('bugs', 'raft')).rejects.toThrow(/faultline list claims raft/)
})

it('incidents are listed with what happened, where it is told, and what it does', async () => {
  const text = await listed('incidents')
  for (const { name, description, happened, effect, endangers } of Object.values(incidents))
    for (const part of [
      `\n  ${name} `,
      description,
      happened?.what ?? '-',
      happened?.link ?? '-',
      effect,
      endangers,
    ])
      expect(text, name).toContain(part)
})

it('vocabularies are listed with their calls and promises, and the workloads and targets that use them', async () => {
  const text = await listed('vocabularies')
  for (const { name, calls, promises } of Object.values(vocabularies)) {
    const section = text.slice(text.indexOf(`\n  ${name} `))
    expect(section, name).toMatch(/^\n {2}\S/)
    expect(section).toContain(
      `calls: ${Object.keys(calls).join(', ')}\n      promises: ${promises.join(', ')}\n`,
    )
  }
  expect(text).toContain('workloads: scheduled-job; targets: raft, primary-backup, paxos\n')
})
