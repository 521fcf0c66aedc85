/** The registry of incidents: name to value. */
import type { Incident } from '../harness/api/incident.ts'
import { byzantineSwitch } from './byzantine-switch.ts'
import { emptyReplacement } from './empty-replacement.ts'
import { failoverCascade } from './failover-cascade.ts'
import { fullDisk } from './full-disk.ts'
import { gcPause } from './gc-pause.ts'
import { greyDisk } from './grey-disk.ts'
import { leapSecond } from './leap-second.ts'
import { mixedVersions } from './mixed-versions.ts'
import { oneWaySwitch } from './one-way-switch.ts'
import { powerCut } from './power-cut.ts'
import { regionCut } from './region-cut.ts'
import { restoredBackup } from './restored-backup.ts'
import { retryStorm } from './retry-storm.ts'
import { wrongTimeServer } from './wrong-time-server.ts'

export const incidents: Readonly<Record<string, Incident>> = {
  [oneWaySwitch.name]: oneWaySwitch,
  [byzantineSwitch.name]: byzantineSwitch,
  [regionCut.name]: regionCut,
  [gcPause.name]: gcPause,
  [failoverCascade.name]: failoverCascade,
  [retryStorm.name]: retryStorm,
  [fullDisk.name]: fullDisk,
  [greyDisk.name]: greyDisk,
  [powerCut.name]: powerCut,
  [leapSecond.name]: leapSecond,
  [wrongTimeServer.name]: wrongTimeServer,
  [mixedVersions.name]: mixedVersions,
  [emptyReplacement.name]: emptyReplacement,
  [restoredBackup.name]: restoredBackup,
}
