/**
 * ZooKeeper's four-letter words: a word is sent to the client port, and the server answers in text and closes the connection.
 *
 * Source: ZooKeeper 3.8, Administrator's Guide, "The Four Letter Words".
 */
import net from 'node:net'
import { CLIENT_PORT } from './ports.ts'

export type Word = 'srvr' | 'hash'

/** Rejects with the socket's error, or once the signal is aborted. */
export const ask = async (address: string, word: Word, signal: AbortSignal): Promise<string> => {
  const socket = net.connect({ host: address, port: CLIENT_PORT, noDelay: true })
  const close = (): void => {
    socket.destroy(new Error(`no answer to ${word} in time`))
  }
  signal.addEventListener('abort', close, { once: true })
  try {
    socket.write(word)
    let text = ''
    for await (const part of socket) text += String(part)
    return text
  } finally {
    signal.removeEventListener('abort', close)
    socket.destroy()
  }
}
