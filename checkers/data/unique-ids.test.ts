import { cases } from '../../harness/testing/cases.ts'
import { done } from '../../harness/testing/steps.ts'
import { uniqueIds } from './unique-ids.ts'

const id = (value: number) => done(0, 'generate', {}, { id: value })
cases(uniqueIds, [
  ['all different', 'valid', id(3), id(1), id(2)],
  ['one twice', 'invalid', id(3), id(1), id(3)],
  ['none', 'unknown'],
])
