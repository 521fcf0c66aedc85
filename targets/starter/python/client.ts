/** The client is a program: client.py. One process of it is one connection. */
import path from 'node:path'
import { pipeClient } from 'faultline/pipe-client'

export const PORT = 7000

export const client = pipeClient(['python3', path.join(import.meta.dirname, 'client.py'), String(PORT)])
