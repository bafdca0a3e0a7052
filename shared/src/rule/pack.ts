// The rules that ship with the product, and the only source of their defaults. Each area has its file in pack/.
import { arrayRules } from './pack/arrays.ts';
import { backupRules } from './pack/backups.ts';
import { checkRules } from './pack/checks.ts';
import { diskHealthRules } from './pack/disk-health.ts';
import { diskRules } from './pack/disks.ts';
import { loadRules } from './pack/load.ts';
import { logRules } from './pack/logs.ts';
import { protectionRules } from './pack/protection.ts';
import { sensorRules } from './pack/sensors.ts';
import { serviceRules } from './pack/services.ts';
import { upkeepRules } from './pack/upkeep.ts';
import { watchRules } from './pack/watch.ts';
import type { Rule } from './rule.ts';

export const pack: readonly Rule[] = [
  ...diskRules,
  ...loadRules,
  ...serviceRules,
  ...diskHealthRules,
  ...arrayRules,
  ...sensorRules,
  ...logRules,
  ...upkeepRules,
  ...protectionRules,
  ...backupRules,
  ...watchRules,
  ...checkRules,
];
