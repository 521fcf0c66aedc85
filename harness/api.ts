/**
 * Every contract of the harness, for those who write targets, workloads, nemeses and checkers: types only. Each stands in
 * its own file of `api/`, which code of this project imports directly.
 */

export type {
  ByzantineCodec,
  Decoder,
  Epochs,
  Frame,
  Liar,
  LieKind,
  LieSpec,
  Stream,
  Told,
  Traitor,
} from './api/byzantine.ts'
export type {
  CgroupPart,
  CpuCounts,
  CpuGroup,
  FreezerGroup,
  IoGroup,
  IoLimit,
  MemoryCounts,
  MemoryGroup,
  NodeCgroups,
} from './api/cgroup.ts'
export type {
  AvailabilityClaim,
  Claims,
  Consistency,
  Delivery,
  FaultModel,
  Holding,
  IsolationLevel,
  IsolationModel,
  MinorityClaim,
  Numbering,
  OrderedDelivery,
  PromiseName,
  Tolerance,
} from './api/claims.ts'
export type { Client, ClientContext, Connection, Endpoint } from './api/client.ts'
export type {
  Damage,
  DirectoryDurability,
  DiskCounts,
  DiskKind,
  DiskKindCounts,
  DiskRule,
  Lost,
  NodeDisk,
  Survival,
} from './api/disk.ts'
export type {
  Capability,
  Cluster,
  ClusterNode,
  Environment,
  Examined,
  Finding,
  HostSpec,
  PrepareSpec,
  Provisioner,
  ProvisionSpec,
  Sandbox,
  SandboxSpec,
} from './api/environment.ts'
export type { Follower, Kept, Shown, SoFar, Suspicion } from './api/follower.ts'
export type { GeneratorContext, GeneratorEvent, OpGenerator, Step, Thread } from './api/generator.ts'
export type { Call, ClientProcess, Meta, Operation, Outcome, Pair, Sequence } from './api/history.ts'
export type { Happened, Incident, IncidentContext, IncidentFault } from './api/incident.ts'
export type { UndoEntry, UndoJournal } from './api/journal.ts'
export type { Log, LogFields, LogLevel } from './api/log.ts'
export type {
  ActiveFault,
  Effect,
  Intent,
  Nemesis,
  NemesisContext,
  PlanContext,
  PlannedFault,
} from './api/nemesis.ts'
export type { OptionSpec, OptionSpecs, Options, OptionsOf, OptionValue } from './api/options.ts'
export type { NodeProcess } from './api/process.ts'
export type {
  FetchedProgram,
  GoBuild,
  MavenJars,
  NpmPackage,
  ProgramSource,
  Programs,
  PypiWheel,
} from './api/programs.ts'
export type { AnswerProof, Entry, Statement } from './api/proof.ts'
export type { Rng } from './api/random.ts'
export type {
  FaultEvent,
  FaultRecord,
  NodeLog,
  Recovery,
  RunFacts,
  RunRecord,
  RunSpec,
  Sample,
} from './api/record.ts'
export type { SimulatedFault, SimulatedPlan, SimulatedRun, Simulation } from './api/simulation.ts'
export type { Scratch, Spill } from './api/spill.ts'
export type {
  ByzantineProtocol,
  ClusterPlan,
  FileSpec,
  LaunchSpec,
  MemberChange,
  NodeIdentity,
  NodeStatus,
  PlantedBug,
  ProcessSpec,
  ServiceSpec,
  Setting,
  Target,
} from './api/target.ts'
export type {
  Assumption,
  Checker,
  ClusterActivity,
  ErrorGroup,
  Evidence,
  EvidenceView,
  FaultUse,
  Fold,
  Impact,
  RunVerdict,
  SideBehaviour,
  SideSeen,
  Status,
  Verdict,
} from './api/verdict.ts'
export type {
  CallDefinition,
  CallDefinitions,
  CallOf,
  HeldValues,
  Identity,
  OkOf,
  Vocabulary,
} from './api/vocabulary.ts'
export type { FinalContext, Workload, WorkloadContext } from './api/workload.ts'
