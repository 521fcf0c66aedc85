/** The columns of operations that tests have. */
import type { Operation } from '../api/history.ts'
import { ChunkBuilder } from '../history/chunk-builder.ts'
import type { Room } from '../history/chunks.ts'
import { type Columns, HistoryBuilder } from '../history/columns.ts'

export const columnsOf = (operations: readonly Operation[], room: Room = {}): Columns => {
  const columns = new HistoryBuilder(room)
  const chunks = new ChunkBuilder(columns.names, columns)
  for (const operation of operations) chunks.append(operation)
  chunks.flush()
  return columns
}
