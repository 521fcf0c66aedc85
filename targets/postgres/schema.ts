/**
 * The schema, which Patroni's bootstrap creates once, before there are standbys; a single server gets it when it is ready. Each function is one transaction of its
 * client. It first writes the row that it is about, even if it then refuses: that locks the row, so that calls on it
 * happen one after another, and the commit of a refusal, too, waits for the synchronous standby.
 */
import { ACCOUNTS, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'

const TABLES = `
CREATE TABLE register (key text PRIMARY KEY, value bigint);
CREATE TABLE cell (key text PRIMARY KEY, value bigint);
CREATE TABLE list (key text PRIMARY KEY, items bigint[] NOT NULL);
CREATE TABLE log (key text PRIMARY KEY, items bigint[] NOT NULL);
CREATE TABLE queue (key text PRIMARY KEY, items bigint[] NOT NULL DEFAULT '{}');
CREATE TABLE element (element bigint PRIMARY KEY);
CREATE TABLE counter (key text PRIMARY KEY, value bigint NOT NULL);
CREATE TABLE issued (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE lock (key bigint PRIMARY KEY, owner bigint, token bigint NOT NULL DEFAULT 0);
CREATE TABLE semaphore (key bigint PRIMARY KEY, owners bigint[] NOT NULL DEFAULT '{}');
CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
CREATE TABLE seat (seat bigint PRIMARY KEY, customer bigint NOT NULL);
CREATE TABLE permission (subject bigint PRIMARY KEY, allowed boolean NOT NULL);
INSERT INTO account SELECT id, ${INITIAL_BALANCE} FROM generate_series(0, ${ACCOUNTS - 1}) AS id;
`

const define = (signature: string, returns: string, variables: string, body: string): string => `
CREATE FUNCTION ${signature} RETURNS ${returns} LANGUAGE plpgsql AS $$
DECLARE ${variables};
BEGIN${body}END $$;
`

const REGISTERS = define(
  'register_cas(k text, expected bigint, wanted bigint)',
  'boolean',
  'present bigint',
  `
  INSERT INTO register AS r (key) VALUES (k)
    ON CONFLICT (key) DO UPDATE SET value = r.value RETURNING value INTO present;
  IF present IS DISTINCT FROM expected THEN RETURN false; END IF;
  UPDATE register SET value = wanted WHERE key = k;
  RETURN true;
`,
)

/** Locks all rows in one order, then does the operations one after another. */
const CELLS = define(
  'cell_transaction(operations jsonb)',
  'jsonb',
  "k text; operation jsonb; present bigint; answers jsonb := '[]'",
  `
  FOR k IN SELECT DISTINCT each ->> 1 FROM jsonb_array_elements(operations) AS each ORDER BY 1 LOOP
    INSERT INTO cell AS c (key) VALUES (k) ON CONFLICT (key) DO UPDATE SET value = c.value;
  END LOOP;
  FOR operation IN SELECT jsonb_array_elements(operations) LOOP
    IF operation ->> 0 = 'w' THEN
      UPDATE cell SET value = (operation ->> 2)::bigint WHERE key = operation ->> 1;
    END IF;
    SELECT value INTO present FROM cell WHERE key = operation ->> 1;
    answers := answers || jsonb_build_array(present);
  END LOOP;
  RETURN answers;
`,
)

const QUEUES = define(
  'queue_dequeue(k text)',
  'bigint',
  'present bigint[]',
  `
  INSERT INTO queue AS q (key) VALUES (k)
    ON CONFLICT (key) DO UPDATE SET items = q.items RETURNING items INTO present;
  UPDATE queue SET items = present[2:] WHERE key = k;
  RETURN present[1];
`,
)

const LOCKS =
  define(
    'lock_acquire(k bigint, who bigint)',
    'bigint',
    'holder bigint; granted bigint',
    `
  INSERT INTO lock AS l (key) VALUES (k)
    ON CONFLICT (key) DO UPDATE SET owner = l.owner RETURNING owner INTO holder;
  IF holder IS NOT NULL THEN RETURN NULL; END IF;
  UPDATE lock SET owner = who, token = token + 1 WHERE key = k RETURNING token INTO granted;
  RETURN granted;
`,
  ) +
  define(
    'lock_release(k bigint, who bigint)',
    'boolean',
    'holder bigint',
    `
  INSERT INTO lock AS l (key) VALUES (k)
    ON CONFLICT (key) DO UPDATE SET owner = l.owner RETURNING owner INTO holder;
  IF holder IS DISTINCT FROM who THEN RETURN false; END IF;
  UPDATE lock SET owner = NULL WHERE key = k;
  RETURN true;
`,
  )

const SEMAPHORES =
  define(
    'semaphore_acquire(k bigint, who bigint, permits integer)',
    'boolean',
    'holders bigint[]',
    `
  INSERT INTO semaphore AS s (key) VALUES (k)
    ON CONFLICT (key) DO UPDATE SET owners = s.owners RETURNING owners INTO holders;
  IF cardinality(holders) >= permits THEN RETURN false; END IF;
  UPDATE semaphore SET owners = holders || who WHERE key = k;
  RETURN true;
`,
  ) +
  define(
    'semaphore_release(k bigint, who bigint)',
    'boolean',
    'holders bigint[]',
    `
  INSERT INTO semaphore AS s (key) VALUES (k)
    ON CONFLICT (key) DO UPDATE SET owners = s.owners RETURNING owners INTO holders;
  UPDATE semaphore SET owners = array_remove(holders, who) WHERE key = k;
  RETURN who = ANY (holders);
`,
  )

const BANK = define(
  'bank_transfer(source bigint, destination bigint, amount bigint)',
  'boolean',
  'present bigint',
  `
  PERFORM 1 FROM account WHERE id IN (source, destination) ORDER BY id FOR UPDATE;
  SELECT balance INTO present FROM account WHERE id = source;
  IF present < amount THEN RETURN false; END IF;
  UPDATE account SET balance = balance - amount WHERE id = source;
  UPDATE account SET balance = balance + amount WHERE id = destination;
  RETURN true;
`,
)

/**
 * Nobody creates a database here, and without this one a new standby has fewer files to copy. Patroni needs `template1`:
 * it opens it when it recovers a primary that crashed.
 */
const WITHOUT_TEMPLATE = `
UPDATE pg_database SET datistemplate = false WHERE datname = 'template0';
DROP DATABASE template0;
`

export const OBJECTS = TABLES + REGISTERS + CELLS + QUEUES + LOCKS + SEMAPHORES + BANK

export const SCHEMA = WITHOUT_TEMPLATE + OBJECTS
