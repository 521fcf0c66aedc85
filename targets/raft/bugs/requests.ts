/** A client's request is one entry of the log and takes effect once. Here it is several, or takes effect again. */
import type { Request } from '../../../harness/vocabularies/effects.ts'
import { OUTBOX, type OutboxCall, type Updated } from '../../../harness/vocabularies/outbox.ts'
import type { Reply } from '../../protocol/server/client-api.ts'
import type { DoneCall } from '../../protocol/structures/ledger.ts'
import { Outbox, type SavedOutbox } from '../../protocol/structures/outbox.ts'
import type { Position } from '../../protocol/structures/structure.ts'
import type { ServerApi } from '../server/client-api.ts'
import { alteredApi, type OperationCommand } from './altered-api.ts'
import type { BugDefinition } from './definition.ts'

/** The first try was applied and its answer lost; the second try is applied as well. */
export const retryAppliedTwice: BugDefinition = {
  description: 'ignores the sequence numbers of sessions: a retried request takes effect again',
  simulatorSeeds: 40,
  realRun: {
    args: '-n connection --nemesis-opts modes=lost-replies,victims=leader,interval=1500ms,duration=700ms --target-opts attempt-timeout=300ms,attempts=5 --rate 400 --time-limit 15s',
  },
  machine: { ignoresSequence: true },
}

/** One entry for each micro-operation, with sequence numbers between the transaction's own and the next. */
const submitInParts = (api: ServerApi, command: OperationCommand, reply: Reply): void => {
  const ops = command.call.value as readonly unknown[]
  const done: unknown[] = []
  const next = (at: number): void => {
    const call = { f: 'txn', value: [ops[at]] }
    api.submit({ ...command, seq: command.seq + at / (ops.length + 1), call }, (answer) => {
      if (answer.type !== 'value')
        return reply(answer.type === 'not-leader' && at === 0 ? answer : { type: 'unknown' })
      done.push(...(answer.value as readonly unknown[]))
      if (done.length === ops.length) return reply({ ...answer, value: done })
      next(at + 1)
    })
  }
  next(0)
}

/** Entries of other transactions come in between. */
export const txnNotAtomic: BugDefinition = {
  description: 'logs each micro-operation of a transaction as an entry of its own',
  workload: 'rw-register',
  realRun: { args: '--time-limit 8s' },
  server: {
    clientApiOf: (api) =>
      alteredApi(api, {
        submit: (command, reply) =>
          command.kind === 'op' && command.call.f === 'txn'
            ? submitInParts(api, command, reply)
            : api.submit(command, reply),
      }),
  },
}

/** By the leader: the message of a change that was applied before. */
interface PublishCall {
  readonly f: 'publish'
  readonly value: Request
}

class OutboxOfTwoEntries extends Outbox {
  override execute(call: OutboxCall | DoneCall | PublishCall, at: Position): unknown {
    return call.f === 'publish' ? this.ledger.accept(call.value, at.index) : super.execute(call, at)
  }

  /** Not with the change. */
  protected override publish(): void {}
}

/** A leader that fails between the two entries leaves a change that nobody is told of. */
export const messageInSecondEntry: BugDefinition = {
  description: 'logs the message of a change as an entry of its own, after the change',
  workload: 'outbox',
  realRun: {
    args: '--target-opts sink=deduplicating -n kill --nemesis-opts victims=leader,interval=1200ms,duration=400ms --rate 400 --time-limit 15s',
  },
  machine: {
    structures: {
      [OUTBOX.name]: (saved) =>
        new OutboxOfTwoEntries((saved ?? { ledger: [], versions: [] }) as SavedOutbox),
    },
  },
  server: {
    clientApiOf: (api) =>
      alteredApi(api, {
        submit: (command, reply) =>
          api.submit(command, (answer) => {
            reply(answer)
            if (command.kind !== 'op' || command.call.f !== 'update') return
            if (answer.type === 'value' && (answer.value as Updated).applied)
              api.propose(command.vocabulary, { f: 'publish', value: command.call.value })
          }),
      }),
  },
}
