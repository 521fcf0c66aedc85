/** `faultline serve`: the stored runs in a browser, on loopback. */
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { resultsServer } from '../serve/server.ts'

export const serveCommand = async (results: string, { port }: { readonly port: number }): Promise<number> => {
  const folder = path.resolve(results)
  if (!fs.existsSync(folder))
    throw new UserError(`There is no folder ${folder}: faultline run makes it, or name another one.`)
  const server = resultsServer(folder)
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new UserError(`Port ${port} is taken: choose another with --port.`)
  }
  const address = server.address()
  const used = typeof address === 'object' && address !== null ? address.port : port
  process.stdout.write(`http://127.0.0.1:${used}/\n`)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  server.close()
  server.closeAllConnections()
  return EXIT_CODES.valid
}
