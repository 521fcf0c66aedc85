/**
 * Ed25519 (RFC 8032), by Node's own implementation. The key of a replica follows from its name: its launch gives each node its
 * own private key, and everybody knows all public ones. That keeps nothing secret from people. It keeps the processes of a test
 * from signing for each other.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { PUBLIC_HEADER, Verifier } from '../../harness/support/ed25519.ts'
import type { NodeId } from '../protocol/commands.ts'
import type { ClientId, Keys } from './core/types.ts'

/** What stands before the 32 bytes of a private key in PKCS #8 (RFC 8410). */
const PRIVATE_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex')

/** As base64 of 32 bytes. */
export const privateKeyOf = (replica: NodeId): string =>
  createHash('sha256').update(`faultline replica ${replica}`).digest('base64')

const privateKey = (base64: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([PRIVATE_HEADER, Buffer.from(base64, 'base64')]),
    format: 'der',
    type: 'pkcs8',
  })

/** As base64 of 32 bytes. */
const publicText = (key: KeyObject): string =>
  createPublicKey(key)
    .export({ format: 'der', type: 'spki' })
    .subarray(PUBLIC_HEADER.length)
    .toString('base64')

/** As base64 of 32 bytes. */
export const publicKeyOf = (replica: NodeId): string => publicText(privateKey(privateKeyOf(replica)))

/** Signs, and knows its public key: for a replica, or for a client with a key of its own. */
export class Signer {
  readonly #key: KeyObject
  readonly publicKey: string

  /** @param privateText base64 of 32 bytes */
  constructor(privateText: string) {
    this.#key = privateKey(privateText)
    this.publicKey = publicText(this.#key)
  }

  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#key).toString('base64')
  }
}

/** A replica's own key, and the public keys of all. */
export const keysOf = (privateText: string, publicKeys: Readonly<Record<NodeId, string>>): Keys => {
  const signer = new Signer(privateText)
  const verifier = new Verifier()
  return {
    sign: (text) => signer.sign(text),
    isOfReplica: (replica: NodeId, text, signature) =>
      verifier.isOf(publicKeys[replica] ?? '', text, signature),
    isOfClient: (client: ClientId, text, signature) => verifier.isOf(client, text, signature),
  }
}
