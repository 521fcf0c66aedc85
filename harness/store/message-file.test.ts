import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { Message } from '../api/message.ts'
import { temporaryFolder } from '../testing/command.ts'
import { readMessages, writeMessages } from './message-file.ts'

const message = (sentNs: number): Message => ({
  sentNs,
  receivedNs: sentNs + 5,
  from: 'n1',
  to: 'n2',
  protocol: 'tcp',
  kind: 'data',
  ports: [1, 2],
  bytes: 3,
  info: '</script>',
})
const GAP = { fromNs: 1, toNs: 2, why: 'the record holds 63 MB of messages' }

it('messages are read back as they were written, in several portions', () => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, 'messages.jsonl')
  const messages = Array.from({ length: 12_001 }, (_, i) => message(i))
  writeMessages(file, '0.1.0', messages, [GAP])
  expect(readMessages(file)).toEqual({ messages, messageGaps: [GAP] })
  expect(fs.readFileSync(file, 'utf8').split('\n')[0]).toBe(
    '{"schema":"faultline.messages/1","faultline":"0.1.0"}',
  )
})

it('a run without a capture is told from one without messages', () => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, 'messages.jsonl')
  expect(readMessages(file)).toEqual({ messages: null, messageGaps: null })
  writeMessages(file, '0.1.0', [], [])
  expect(readMessages(file)).toEqual({ messages: [], messageGaps: [] })
})
