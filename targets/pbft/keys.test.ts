import { describe, expect, it } from 'vitest'
import { Verifier } from '../../harness/support/ed25519.ts'
import { keysOf, privateKeyOf, publicKeyOf, Signer } from './keys.ts'

describe('the keys of replicas', () => {
  const publicKeys = { n1: publicKeyOf('n1'), n2: publicKeyOf('n2') }
  const n1 = keysOf(privateKeyOf('n1'), publicKeys)
  const n2 = keysOf(privateKeyOf('n2'), publicKeys)

  it('each replica signs as itself, and all know it', () => {
    const signature = n1.sign('commit 7')
    expect(n2.isOfReplica('n1', 'commit 7', signature)).toBe(true)
    expect(n2.isOfReplica('n2', 'commit 7', signature)).toBe(false)
    expect(n2.isOfReplica('n1', 'commit 8', signature)).toBe(false)
    expect(n2.isOfReplica('n9', 'commit 7', signature)).toBe(false)
  })

  it('a client is its public key', () => {
    const client = new Signer(privateKeyOf('some client'))
    const signature = client.sign('write 7')
    expect(n1.isOfClient(client.publicKey, 'write 7', signature)).toBe(true)
    expect(n1.isOfClient(publicKeys.n2, 'write 7', signature)).toBe(false)
  })
})

it('what is no key and no signature is refused', () => {
  const verifier = new Verifier()
  expect(verifier.isOf('no key', 'text', 'no signature')).toBe(false)
  expect(verifier.isOf(publicKeyOf('n1'), 'text', '')).toBe(false)
})

it('a signature that was found good does not make another one good', () => {
  const verifier = new Verifier()
  const signature = new Signer(privateKeyOf('n1')).sign('text')
  expect(verifier.isOf(publicKeyOf('n1'), 'text', signature)).toBe(true)
  expect(verifier.isOf(publicKeyOf('n1'), 'text', signature)).toBe(true)
  expect(verifier.isOf(publicKeyOf('n1'), 'another', signature)).toBe(false)
})
