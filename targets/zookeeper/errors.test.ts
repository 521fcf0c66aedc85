import { expect, it } from 'vitest'
import { CODES, isDefinite, nameOf } from './errors.ts'

it.each([
  ['NoNode', CODES.noNode],
  ['BadVersion', CODES.badVersion],
  ['NodeExists', CODES.nodeExists],
  ['SessionExpired', CODES.sessionExpired],
  ['SessionMoved', CODES.sessionMoved],
  ['ThrottledOp', -127],
] as const)('%s proves that nothing was changed', (name, code) => {
  expect([nameOf(code), isDefinite(code)]).toEqual([name, true])
})

it.each([
  ['ConnectionLoss', -4],
  ['OperationTimeout', -7],
  ['RequestTimeout', -122],
  ['SystemError', -1],
  ['error -999', -999],
] as const)('%s leaves it in doubt', (name, code) => {
  expect([nameOf(code), isDefinite(code)]).toEqual([name, false])
})
