/** The user of all clients, which the first node gets when its database is made; and the tables, made once when all nodes are ready. */
import { ACCOUNTS, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'

export const USER = 'faultline'
export const DATABASE = 'faultline'

/** (Without the first statement, the server that makes a database has no users.) */
export const USERS = `FLUSH PRIVILEGES;\nCREATE USER ${USER}@'%';\nGRANT ALL ON *.* TO ${USER}@'%';\n`

const accounts = Array.from({ length: ACCOUNTS }, (_, id) => `(${id}, ${INITIAL_BALANCE})`).join(', ')

/** Galera certifies by primary key, so each table has one. Keys of clients may be numbers or words. */
export const SCHEMA: readonly string[] = [
  `CREATE DATABASE ${DATABASE}`,
  `CREATE TABLE ${DATABASE}.register (k VARCHAR(64) PRIMARY KEY, value BIGINT)`,
  `CREATE TABLE ${DATABASE}.cell (k VARCHAR(64) PRIMARY KEY, value BIGINT)`,
  `CREATE TABLE ${DATABASE}.list (k VARCHAR(64) PRIMARY KEY, items LONGTEXT NOT NULL)`,
  `CREATE TABLE ${DATABASE}.element (element BIGINT PRIMARY KEY)`,
  `CREATE TABLE ${DATABASE}.counter (k VARCHAR(64) PRIMARY KEY, value BIGINT NOT NULL)`,
  `CREATE TABLE ${DATABASE}.account (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)`,
  `INSERT INTO ${DATABASE}.account (id, balance) VALUES ${accounts}`,
]
