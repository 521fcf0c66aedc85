/** The client is a program: client.go, built by `go build -o client client.go`. One process of it is one connection. */
import path from 'node:path'
import { pipeClient } from 'faultline/pipe-client'

export const PORT = 7000

export const client = pipeClient([path.join(import.meta.dirname, 'client'), String(PORT)])
