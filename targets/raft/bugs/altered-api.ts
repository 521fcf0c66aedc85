/** For bugs in what a node does with a client's request: its API with some of its calls replaced. */
import type { Call } from '../../../harness/api/history.ts'
import type { Command } from '../core/types.ts'
import type { ClientApi, ServerApi } from '../server/client-api.ts'

export type OperationCommand = Command & { readonly kind: 'op' }

export const alteredApi = (
  api: ServerApi,
  changes: Partial<Pick<ClientApi, 'submit' | 'read'>>,
): ClientApi => ({
  submit: (command, reply) => api.submit(command, reply),
  read: (vocabulary, call, reply) => api.read(vocabulary, call, reply),
  changeMembers: (change, reply) => api.changeMembers(change, reply),
  status: () => api.status(),
  ...changes,
})

/** The node logs another call than the one that the client sent. */
export const rewritingCalls = (api: ServerApi, rewrite: (command: OperationCommand) => Call): ClientApi =>
  alteredApi(api, {
    submit: (command, reply) =>
      api.submit(command.kind === 'op' ? { ...command, call: rewrite(command) } : command, reply),
  })

/** The call with more in its value. */
export const withValue = (call: Call, more: object): Call => ({
  ...call,
  value: { ...(call.value as object), ...more },
})
