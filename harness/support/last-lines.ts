/** The end of a log, for errors that quote it. */
import fs from 'node:fs'

/** Of a log's end, this much is read. */
const LAST_BYTES = 4096

/** The last lines of a log, which may show why its process ended; empty if there is no such file. */
export const lastLinesOf = (file: string, count: number): string => {
  if (!fs.existsSync(file)) return ''
  const fd = fs.openSync(file, 'r')
  try {
    const { size } = fs.fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(size, LAST_BYTES))
    fs.readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString().trim().split('\n').slice(-count).join('\n')
  } finally {
    fs.closeSync(fd)
  }
}
