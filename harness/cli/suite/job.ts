/**
 * `--print-job`: the shards of a suite as an Indexed Job of Kubernetes (batch/v1), with the configuration in a ConfigMap. A
 * failing shard is not run again: what failed once is a result.
 */
import path from 'node:path'
import { stringify } from 'yaml'
import { UserError } from '../../support/assert.ts'
import { typedCommand } from '../shell.ts'

export interface JobSpec {
  readonly suite: string
  /** The name of the configuration's file, and its text. */
  readonly file: string
  readonly text: string
  readonly image: string
  readonly shards: number
  /** Further words for `faultline suite`. */
  readonly words: readonly string[]
  /** The PersistentVolumeClaim that the results go to. Null: to an S3-compatible store. */
  readonly claim: string | null
}

/** Of a ConfigMap; Kubernetes takes a MiB in all. */
const MOST_CONFIG_BYTES = 900_000
/** The Secret with the store's address and keys, as environment variables. */
const STORE_SECRET = 'faultline-store'
const STORE_VARIABLES = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_REGION', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const

const SHARD = 'shard-$JOB_COMPLETION_INDEX'

/** Uploads whatever there is, also after a failure, and ends with the exit code of the suite. */
const UPLOAD = `tar --create --gzip --file /tmp/results.tar.gz --directory /results "${SHARD}"
curl --fail --silent --show-error --retry 5 --aws-sigv4 "aws:amz:$S3_REGION:s3" --user "$S3_ACCESS_KEY:$S3_SECRET_KEY" \\
  --upload-file /tmp/results.tar.gz "$S3_ENDPOINT/$S3_BUCKET/$JOB_NAME/$JOB_UID/${SHARD}.tar.gz" || code=254
`

/** The shell is the first process of the container: it has to pass on that the pod is to end. */
const scriptOf = ({ file, shards, words, claim }: JobSpec): string => `code=0
mkdir -p "/results/${SHARD}"
${typedCommand(['faultline', 'suite', `/suite/${file}`])} --shard "$((JOB_COMPLETION_INDEX + 1))/${shards}" --out "/results/${SHARD}" ${typedCommand(words)} &
pid=$!
trap 'kill "$pid"' TERM
while kill -0 "$pid" 2>/dev/null; do code=0; wait "$pid" || code=$?; done
${claim === null ? UPLOAD : ''}exit "$code"
`

/** Names of Kubernetes: RFC 1123 labels. */
const labelOf = (suite: string): string =>
  `faultline-${suite
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 40)
    .replace(/-+$/, '')}`

/** Namespaces, mounts, cgroups, FUSE and TUN are what faults are made with: all of them need privileges. */
const SECURITY = { privileged: true, runAsUser: 0, runAsGroup: 0 } as const

const containerOf = (spec: JobSpec, name: string): object => ({
  name: 'faultline',
  image: spec.image,
  command: ['sh', '-c', scriptOf(spec)],
  env: [
    { name: 'JOB_NAME', value: name },
    // Another job of that name overwrites nothing.
    {
      name: 'JOB_UID',
      valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']" } },
    },
  ],
  ...(spec.claim === null ? { envFrom: [{ secretRef: { name: STORE_SECRET } }] } : {}),
  securityContext: SECURITY,
  resources: { requests: { cpu: '2', memory: '4Gi' } },
  volumeMounts: [
    { name: 'suite', mountPath: '/suite', readOnly: true },
    { name: 'results', mountPath: '/results' },
    // Disks of nodes must not lie on the overlay of the container.
    { name: 'state', mountPath: '/var/tmp' },
  ],
})

const jobOf = (spec: JobSpec, name: string): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    completionMode: 'Indexed',
    completions: spec.shards,
    parallelism: spec.shards,
    backoffLimitPerIndex: 0,
    // A pod that was evicted has shown nothing, and runs again.
    podFailurePolicy: {
      rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
    },
    template: {
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 120,
        // Runs side by side on one machine slow each other down: one shard for each, where there are as many.
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { 'batch.kubernetes.io/job-name': name } },
          },
        ],
        containers: [containerOf(spec, name)],
        volumes: [
          { name: 'suite', configMap: { name } },
          {
            name: 'results',
            ...(spec.claim === null
              ? { emptyDir: {} }
              : { persistentVolumeClaim: { claimName: spec.claim } }),
          },
          { name: 'state', emptyDir: {} },
        ],
      },
    },
  },
})

const HEAD = ({ claim }: JobSpec): string =>
  claim === null
    ? `# The results go to <S3_BUCKET>/<job>/<its UID>/shard-<n>.tar.gz. The Secret ${STORE_SECRET} needs ${STORE_VARIABLES.join(', ')}.
# Merge them where they are unpacked: faultline merge shard-*\n`
    : `# The results go to shard-<n> on the volume of the claim ${claim}. Merge them there: faultline merge shard-*\n`

/** Two documents of YAML. @throws UserError if the configuration is too large for a ConfigMap */
export const jobManifest = (spec: JobSpec): string => {
  const name = labelOf(spec.suite)
  if (Buffer.byteLength(spec.text) > MOST_CONFIG_BYTES)
    throw new UserError(`${spec.file} is too large for a ConfigMap: put it into an image of your own.`)
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { [path.basename(spec.file)]: spec.text },
  }
  return `${HEAD(spec)}${[config, jobOf(spec, name)].map((each) => stringify(each, { lineWidth: 0 })).join('---\n')}`
}
