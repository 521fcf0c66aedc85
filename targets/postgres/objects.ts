/** Objects in PostgreSQL. Each call is one statement, which is one transaction (`schema.ts` has the functions). */
import type { Call } from '../../harness/api/history.ts'
import { ACCESS } from '../../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { BANK } from '../../harness/vocabularies/bank.ts'
import { BOOKING } from '../../harness/vocabularies/booking.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LOCK, PERMITS, SEMAPHORE } from '../../harness/vocabularies/locks.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import type { PostgresOptions } from './options.ts'
import type { Runner } from './runner.ts'

/** Returns the value of an ok outcome. */
export type Act = (run: Runner, call: Call) => Promise<unknown>

export const actOnRegister: Act = async (run, raw) => {
  const call = asCall(REGISTER, raw)
  const key = String(call.value.key)
  if (call.f === 'read')
    return {
      key: call.value.key,
      value: await run.read('SELECT value FROM register WHERE key = $1', [key]),
    }
  if (call.f === 'write') {
    await run.write(
      'INSERT INTO register (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      [key, call.value.value],
    )
    return call.value
  }
  const { expected, next } = call.value
  const applied = await run.write('SELECT register_cas($1, $2, $3) AS answer', [key, expected, next])
  return { ...call.value, applied }
}

export const actOnSet: Act = async (run, raw) => {
  const call = asCall(SET, raw)
  if (call.f === 'add') {
    await run.write('INSERT INTO element (element) VALUES ($1)', [call.value.element])
    return call.value
  }
  return { elements: await run.read("SELECT coalesce(array_agg(element), '{}') FROM element", []) }
}

const ADD: Readonly<Record<PostgresOptions['upsert'], string>> = {
  'on-conflict':
    'INSERT INTO counter AS c (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = c.value + excluded.value',
  // If two sessions make the same counter at once, one of them fails: a duplicate key.
  merge:
    'MERGE INTO counter AS c USING (VALUES ($1::text, $2::bigint)) AS given (key, delta) ON c.key = given.key WHEN MATCHED THEN UPDATE SET value = c.value + given.delta WHEN NOT MATCHED THEN INSERT (key, value) VALUES (given.key, given.delta)',
}

export const actOnCounter: Act = async (run, raw) => {
  const call = asCall(COUNTER, raw)
  const key = String(call.value.key)
  if (call.f === 'add') {
    await run.write(ADD[run.options.upsert], [key, call.value.delta])
    return call.value
  }
  const value = await run.read('SELECT value FROM counter WHERE key = $1', [key])
  return { key: call.value.key, value: value ?? 0 }
}

export const actOnQueue: Act = async (run, raw) => {
  const call = asCall(QUEUE, raw)
  const key = String(call.value.key)
  if (call.f === 'enqueue') {
    await run.write(
      'INSERT INTO queue AS q (key, items) VALUES ($1, ARRAY[$2::bigint]) ON CONFLICT (key) DO UPDATE SET items = q.items || excluded.items',
      [key, call.value.value],
    )
    return call.value
  }
  const value = await run.write('SELECT to_json(queue_dequeue($1)) AS answer', [key])
  return { key: call.value.key, value }
}

export const actOnLog: Act = async (run, raw) => {
  const call = asCall(APPEND_LOG, raw)
  const key = String(call.value.key)
  if (call.f === 'read') {
    const values = await run.read('SELECT items FROM log WHERE key = $1', [key], 'confirmed')
    return { key: call.value.key, values: values ?? [] }
  }
  const length = await run.write(
    'INSERT INTO log AS l (key, items) VALUES ($1, ARRAY[$2::bigint]) ON CONFLICT (key) DO UPDATE SET items = l.items || excluded.items RETURNING cardinality(items) AS answer',
    [key, call.value.value],
  )
  return { ...call.value, offset: Number(length) - 1 }
}

/** The row's own record in the log comes after that of the sequence, so an id that was given is never given again. */
export const actOnIds: Act = async (run) => ({
  id: await run.write('INSERT INTO issued DEFAULT VALUES RETURNING to_json(id) AS answer', []),
})

/** The row that `place` looks for must be there. Whoever else makes it makes the same one. */
const MAKE_LOCK = 'INSERT INTO lock (key) VALUES ($1) ON CONFLICT (key) DO NOTHING'

/** A refusal leaves the row alone. Otherwise, whoever takes the row where it was would be refused although nobody held it. */
const FREE = 'UPDATE lock SET owner = NULL WHERE key = $1 AND owner = $2 RETURNING true AS answer'

/**
 * If another session changes the row meanwhile, this waits for it, and then looks whether the new version still fits ("Read
 * Committed Isolation Level"): it does not, as it is at another place. No version is at the place of one that a running statement
 * still sees.
 */
const TAKE_WHERE_IT_WAS =
  'UPDATE lock SET owner = $2, token = token + 1 WHERE ctid = (SELECT ctid FROM lock WHERE key = $1 AND owner IS NULL) RETURNING to_json(token) AS answer'

const takeLock = async (run: Runner, holder: readonly unknown[]): Promise<unknown> => {
  if (run.options.claim === 'row-lock')
    return run.write('SELECT to_json(lock_acquire($1, $2)) AS answer', holder)
  await run.write(MAKE_LOCK, holder.slice(0, 1))
  // Nothing updated: it was not free, or somebody else took it first.
  return (await run.write(TAKE_WHERE_IT_WAS, holder)) ?? null
}

const releaseLock = async (run: Runner, holder: readonly unknown[]): Promise<unknown> => {
  if (run.options.claim === 'row-lock') return run.write('SELECT lock_release($1, $2) AS answer', holder)
  return (await run.write(FREE, holder)) ?? false
}

/** A row, not PostgreSQL's advisory lock: that ends with its session, and is not replicated. */
export const actOnLock: Act = async (run, raw) => {
  const { f, value } = asCall(LOCK, raw)
  const holder = [value.key, value.owner]
  if (f === 'release') return { done: await releaseLock(run, holder) }
  const token = await takeLock(run, holder)
  return token === null ? { done: false } : { done: true, token }
}

export const actOnSemaphore: Act = async (run, raw) => {
  const { f, value } = asCall(SEMAPHORE, raw)
  const done =
    f === 'acquire'
      ? await run.write('SELECT semaphore_acquire($1, $2, $3) AS answer', [value.key, value.owner, PERMITS])
      : await run.write('SELECT semaphore_release($1, $2) AS answer', [value.key, value.owner])
  return { done }
}

export const actOnBank: Act = async (run, raw) => {
  const call = asCall(BANK, raw)
  if (call.f === 'read')
    return { balances: await run.read('SELECT array_agg(balance ORDER BY id) FROM account', []) }
  const { from, to, amount } = call.value
  return {
    ...call.value,
    applied: await run.write('SELECT bank_transfer($1, $2, $3) AS answer', [from, to, amount]),
  }
}

export const actOnBooking: Act = async (run, raw) => {
  const call = asCall(BOOKING, raw)
  const { seat } = call.value
  if (call.f === 'read') {
    const customer = await run.read('SELECT customer FROM seat WHERE seat = $1', [seat], 'confirmed')
    return { seat, customer }
  }
  const { customer } = call.value
  const holder = await run.write(
    'INSERT INTO seat AS s (seat, customer) VALUES ($1, $2) ON CONFLICT (seat) DO UPDATE SET customer = s.customer RETURNING to_json(customer) AS answer',
    [seat, customer],
  )
  return { seat, customer, confirmed: holder === customer }
}

export const actOnAccess: Act = async (run, raw) => {
  const { f, value } = asCall(ACCESS, raw)
  const { subject } = value
  if (f === 'check') {
    const allowed = await run.read('SELECT allowed FROM permission WHERE subject = $1', [subject])
    return { subject, allowed: allowed ?? false }
  }
  await run.write(
    'INSERT INTO permission (subject, allowed) VALUES ($1, $2) ON CONFLICT (subject) DO UPDATE SET allowed = excluded.allowed',
    [subject, f === 'grant'],
  )
  return value
}
