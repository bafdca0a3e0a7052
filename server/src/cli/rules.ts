// The verb about rules: `rules export|import|check|test [FILE]`, beside a running server or without one.
import { readFileSync, writeFileSync } from 'node:fs';

import { messageOf } from '@fettle/shared/error';
import { pack } from '@fettle/shared/rule/pack';
import { DAY_MS, SECOND_MS } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';

import { SYSTEM } from '../domain/actor.ts';
import { HOME } from '../domain/home.ts';
import { ruleBookAt } from '../domain/rule-book.ts';
import { SAMPLE_MAX, glanceAt, warningOf } from '../domain/rules/glance.ts';
import type { Spot, Standing } from '../domain/rules/override.ts';
import { RuleShelf } from '../domain/rules/shelf.ts';
import { spotText } from '../domain/rules/validate.ts';
import { type Planned, planOf, problemLines } from '../rule-text/plan.ts';
import { TEXT_MAX_BYTES, readRuleText } from '../rule-text/read.ts';
import { writeRuleText } from '../rule-text/write.ts';
import { backTest } from '../store/back-test.ts';
import { readFettle } from '../store/fettle.ts';
import { readMetrics } from '../store/metrics.ts';
import type { Stores } from '../store/questions.ts';
import { standingAt } from '../store/rule-places.ts';
import { StoreError } from '../store/store-error.ts';
import { inPieces } from '../thread/pieces.ts';
import type { Perform } from './acts.ts';
import { type Arguments, CliError, EXIT, readConfig } from './arguments.ts';
import { change, refuseWithoutData } from './change.ts';
import { print } from './print.ts';
import { testRules } from './rule-test.ts';

/** The look before rules are kept, all of them together. */
const GLANCE_MS = 2 * SECOND_MS;

type Act = (args: Arguments, folder: string, stores: Stores) => Promise<number>;

export const rules: Perform = (args, overrides) => {
  const [what = ''] = args.operands;
  const act = Object.hasOwn(acts, what) ? acts[what] : undefined;
  if (!act)
    throw new CliError(EXIT.usage, `"${what}" cannot be done with rules: ${Object.keys(acts).join(', ')} [FILE].`);
  const folder = readConfig(args, overrides).data_dir;
  refuseWithoutData(folder);
  return withStores(folder, (stores) => act(args, folder, stores));
};

const withStores = async (folder: string, use: (stores: Stores) => Promise<number>): Promise<number> => {
  try {
    const stores = { fettle: readFettle(folder), metrics: readMetrics(folder) };
    try {
      return await use(stores);
    } finally {
      stores.fettle.db.close();
      stores.metrics.db.close();
    }
  } catch (error) {
    throw error instanceof StoreError ? new CliError(EXIT.failure, error.message) : error;
  }
};

const tenantOf = ({ flags }: Arguments, { fettle }: Stores): string => {
  const tenant = flags['tenant'] ?? HOME.tenant;
  if (fettle.tenants.has(tenant)) return tenant;
  throw new CliError(EXIT.failure, `There is no tenant "${tenant}". Name one: --tenant T`);
};

const shelfOf = ({ fettle }: Stores): RuleShelf => new RuleShelf(ruleBookAt({ divisor: 1 }), pack, fettle.rules.all());

const exportRules: Act = async (args, _folder, stores) => {
  const tenant = tenantOf(args, stores);
  const shelf = shelfOf(stores);
  const own = shelf.overrides.filter((one) => one.tenant === tenant);
  const text = writeRuleText(tenant, own, (one) => {
    const standing = standingAt(one, stores.fettle);
    return standing && shelf.effective(one.rule, standing).rule;
  });
  const [, file] = args.operands;
  if (file === undefined) process.stdout.write(text);
  else {
    writeTo(file, text);
    print(args, { file, changes: own.length }, [`${own.length} changes of rules of ${tenant} are in ${file}.`]);
  }
  return EXIT.ok;
};

const writeTo = (file: string, text: string): void => {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CliError(EXIT.failure, messageOf(error));
  }
};

/** @throws CliError that says everything that is wrong with the file */
const planIn = (args: Arguments, stores: Stores): Planned & { readonly before: RuleShelf } => {
  const [, file] = args.operands;
  if (file === undefined) throw new CliError(EXIT.usage, `Name the file: rules ${args.operands[0]} FILE`);
  const tenant = tenantOf(args, stores);
  const before = shelfOf(stores);
  const planned = planOf(readRuleText(textIn(file)), {
    tenant,
    shelf: before,
    standingOf: (spot) => standingAt(spot, stores.fettle),
    isWhole: args.switches.has('whole'),
  });
  if (planned.problems.length > 0)
    throw new CliError(
      EXIT.failure,
      problemLines(planned.problems)
        .map((line) => `${file}: ${line}`)
        .join('\n'),
    );
  return { ...planned, before };
};

const textIn = (file: string): string => {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= TEXT_MAX_BYTES) return bytes.toString('utf8');
  } catch (error) {
    throw new CliError(EXIT.failure, messageOf(error));
  }
  throw new CliError(EXIT.failure, `${file}: rules take at most ${TEXT_MAX_BYTES / 1024} KiB.`);
};

const checkRules: Act = async (args, _folder, stores) => {
  const { changes } = planIn(args, stores);
  print(args, { changes: changes.map(changeView) }, [`Nothing is wrong with it. ${wouldText(changes)}`]);
  return EXIT.ok;
};

const importRules: Act = async (args, folder, stores) => {
  const planned = planIn(args, stores);
  const { changes } = planned;
  const lines = changes.map((one) => `${one.document === null ? 'taken back' : 'changed   '}  ${spotText(one)}`);
  if (args.switches.has('dry')) {
    print(args, { dry: true, changes: changes.map(changeView) }, [...lines, wouldText(changes)]);
    return EXIT.ok;
  }
  const warnings = args.switches.has('confirm') ? [] : await warningsOf(stores, planned);
  if (warnings.length > 0)
    throw new CliError(EXIT.failure, [...warnings, 'Say it again with --confirm if that is meant.'].join('\n'));
  if (changes.length > 0) change(folder, { type: 'change rules', actor: SYSTEM, changes });
  print(args, { dry: false, changes: changes.map(changeView) }, [...lines, `In force now: ${changes.length}.`]);
  return EXIT.ok;
};

const changeView = ({ rule, level, place, document }: Planned['changes'][number]) => ({ rule, level, place, document });

const wouldText = ({ length }: Planned['changes']): string =>
  length === 0 ? 'It says what is in force: nothing changes.' : `It would change ${length}.`;

const warningsOf = async (stores: Stores, { changes, after }: Planned): Promise<readonly string[]> => {
  const glances = changes.flatMap((one) => glanceAt(after, one, standingIn(stores, one)) ?? []);
  const warnings: string[] = [];
  const toMs = Date.now();
  for (const { rule, where } of glances) {
    if (Date.now() - toMs > GLANCE_MS) break; // of hundreds of changes the first are looked at
    const range = { fromMs: toMs - DAY_MS, toMs, intervals: INTERVALS, withinMs: GLANCE_MS / glances.length };
    const work = backTest(stores, SYSTEM, { a: rule, ...where, ...range, sample: SAMPLE_MAX });
    const said = warningOf(rule.id, await inPieces(work, range.withinMs, () => performance.now()));
    if (said !== undefined) warnings.push(said);
  }
  return warnings;
};

const standingIn = ({ fettle }: Stores, spot: Spot): Standing =>
  standingAt(spot, fettle) ?? { tenant: spot.tenant, site: '', tags: [], device: '' };

const testFile: Act = async (args, _folder, stores) => {
  const { changes, before, after } = planIn(args, stores);
  return testRules(args, stores, {
    before,
    after,
    changes: changes.map((one) => ({ change: one, standing: standingIn(stores, one) })),
  });
};

const acts: Readonly<Record<string, Act>> = {
  export: exportRules,
  import: importRules,
  check: checkRules,
  test: testFile,
};
