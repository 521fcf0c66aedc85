/** The registry of claims files: target to what its makers say of it in words. */
import type { ClaimsFile } from '../harness/api/claims-file.ts'
import { commitClaimsFile } from './commit/claims-file.ts'
import { paxosClaimsFile } from './paxos/claims-file.ts'
import { pbftClaimsFile } from './pbft/claims-file.ts'
import { primaryBackupClaimsFile } from './primary-backup/claims-file.ts'
import { raftClaimsFile } from './raft/claims-file.ts'

export const claimsFiles: Readonly<Record<string, ClaimsFile>> = {
  raft: raftClaimsFile,
  commit: commitClaimsFile,
  paxos: paxosClaimsFile,
  pbft: pbftClaimsFile,
  'primary-backup': primaryBackupClaimsFile,
}
