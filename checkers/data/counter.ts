/** Counters: every read is explained by an order of the adds. */
import { COUNTER, type CounterCall, type CounterRead } from '../../harness/vocabularies/counter.ts'
import { type CounterInput, type CounterOutput, counter as model } from '../porcupine-ts/models/counter.ts'
import { linearizableObject } from './objects.ts'

export const counter = linearizableObject<number, CounterInput, CounterOutput>('counter', {
  finds: 'additions lost, counted twice, or read back',
  vocabulary: COUNTER,
  holds: null,
  model,
  reference: { file: 'counter', name: 'counter' },
  read: ({ invocation, completion }) => {
    const call = { f: invocation.f, value: invocation.value } as CounterCall
    if (call.f === 'add')
      return { input: { f: 'add', key: call.value.key, delta: call.value.delta }, output: { value: null } }
    if (completion?.type !== 'ok') return null
    const { value } = completion.value as CounterRead
    return { input: { f: 'read', key: call.value.key }, output: { value } }
  },
})
