import { describe, expect, it } from 'vitest'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { Send } from './gateway.ts'
import { actOnRegister } from './register.ts'

/** etcd's answers to puts and reads of single keys. */
const store = (): Send => {
  const values = new Map<string, string>()
  const answer = (path: string, body: { key: string; value: string }): unknown => {
    if (path === '/v3/kv/put') values.set(body.key, body.value)
    const value = values.get(body.key)
    return { kvs: value === undefined ? [] : [{ key: body.key, value }] }
  }
  return async (path, body) => ({
    type: 'ok',
    body: answer(path, body as { key: string; value: string }) as never,
    meta: {},
  })
}

describe('registers in etcd', () => {
  it.each<readonly [Scalar, Scalar]>([
    [1, 5],
    ['1', '5'],
    [2n ** 60n, 2n ** 60n + 1n],
    ['a "key"', true],
  ])('hold what was written: %s = %s', async (key, value) => {
    const send = store()
    await actOnRegister(send, { f: 'write', value: { key, value } }, false)
    expect(await actOnRegister(send, { f: 'read', value: { key } }, false)).toMatchObject({
      type: 'ok',
      value: { key, value },
    })
  })

  it('tell a number from a text', async () => {
    const send = store()
    await actOnRegister(send, { f: 'write', value: { key: 1, value: 5 } }, false)
    const read = await actOnRegister(send, { f: 'read', value: { key: '1' } }, false)
    expect(read).toMatchObject({ value: { key: '1', value: null } })
  })
})
