/** Objects in MariaDB. But for transfers, each call is one statement. */
import type { Call } from '../../harness/api/history.ts'
import { BANK } from '../../harness/vocabularies/bank.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import type { Runner } from './runner.ts'

/** Returns the value of an ok outcome. */
export type Act = (run: Runner, call: Call) => Promise<unknown>

export const actOnRegister: Act = async (run, raw) => {
  const call = asCall(REGISTER, raw)
  const key = String(call.value.key)
  if (call.f === 'read') {
    const { rows } = await run.read('SELECT value FROM register WHERE k = ?', [key])
    return { key: call.value.key, value: rows[0]?.value ?? null }
  }
  if (call.f === 'write') {
    await run.write(
      'INSERT INTO register (k, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
      [key, call.value.value],
    )
    return call.value
  }
  const { expected, next } = call.value
  // A register that was written never holds null again, so one that holds null has no row.
  const { affected } =
    expected === null
      ? await run.write('INSERT IGNORE INTO register (k, value) VALUES (?, ?)', [key, next])
      : await run.write('UPDATE register SET value = ? WHERE k = ? AND value = ?', [next, key, expected])
  return { ...call.value, applied: affected === 1 }
}

export const actOnSet: Act = async (run, raw) => {
  const call = asCall(SET, raw)
  if (call.f === 'add') {
    await run.write('INSERT INTO element (element) VALUES (?)', [call.value.element])
    return call.value
  }
  const { rows } = await run.read('SELECT element FROM element', [])
  return { elements: rows.map(({ element }) => element) }
}

export const actOnCounter: Act = async (run, raw) => {
  const call = asCall(COUNTER, raw)
  const key = String(call.value.key)
  if (call.f === 'add') {
    await run.write(
      'INSERT INTO counter (k, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = value + VALUES(value)',
      [key, call.value.delta],
    )
    return call.value
  }
  const { rows } = await run.read('SELECT value FROM counter WHERE k = ?', [key])
  return { key: call.value.key, value: rows[0]?.value ?? 0 }
}

/** The row that may lack money is changed first. Nothing is changed at all if it does. */
export const actOnBank: Act = async (run, raw) => {
  const call = asCall(BANK, raw)
  if (call.f === 'read') {
    const { rows } = await run.read('SELECT balance FROM account ORDER BY id', [])
    return { balances: rows.map(({ balance }) => balance) }
  }
  const { from, to, amount } = call.value
  const applied = await run.transaction(async (ask) => {
    const taken = await ask('UPDATE account SET balance = balance - ? WHERE id = ? AND balance >= ?', [
      amount,
      from,
      amount,
    ])
    if (taken.affected === 0) return false
    await ask('UPDATE account SET balance = balance + ? WHERE id = ?', [amount, to])
    return true
  })
  return { ...call.value, applied }
}
