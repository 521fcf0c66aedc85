/** Vocabulary -> what the state machine keeps for it, and which of its calls change nothing. */
import type { Call } from '../../../harness/api.ts'
import { REGISTER } from '../../../harness/vocabularies/register.ts'
import { SET } from '../../../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../../../harness/vocabularies/transactions.ts'
import { registers } from './registers.ts'
import { elements } from './sets.ts'
import type { MakeStructure } from './structure.ts'
import { lists, transactionalRegisters } from './transactions.ts'

interface Part {
  readonly make: MakeStructure
  isRead(call: Call): boolean
}

const isReadCall = ({ f }: Call): boolean => f === 'read'
const isReadTransaction = ({ value }: Call): boolean =>
  (value as readonly (readonly [string])[]).every(([f]) => f === 'r')

export const structures: Readonly<Record<string, Part>> = {
  [REGISTER]: { make: registers, isRead: isReadCall },
  [SET]: { make: elements, isRead: isReadCall },
  [LIST_APPEND]: { make: lists, isRead: isReadTransaction },
  [RW_REGISTER]: { make: transactionalRegisters, isRead: isReadTransaction },
}

/** Whether the call changes nothing: then it needs neither a session nor the log. */
export const isRead = (vocabulary: string, call: Call): boolean =>
  structures[vocabulary]?.isRead(call) ?? false
