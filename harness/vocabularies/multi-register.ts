/**
 * Registers that are used together. The bundled workload uses them in groups of GROUP_SIZE: each group starts at key
 * `n * GROUP_SIZE`. Imported histories may use any together; the fewer depend on each other, the faster they are judged.
 * The call, `txn`, is that of rw-register (`transactions.ts`).
 */
import { rwRegisterForm } from './edn-forms.ts'
import { registerTransaction } from './transactions.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

export const GROUP_SIZE = 3

export const MULTI_REGISTER = defineVocabulary({
  name: 'multi-register',
  description: 'registers of which one call reads or writes several',
  promises: ['linearizable', 'sequential', 'consistent-prefix'],
  unique: null,
  initial: 'null',
  services: [],
  edn: rwRegisterForm,
  calls: { txn: defineCall(registerTransaction) },
})
