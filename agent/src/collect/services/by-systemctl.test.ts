// Services by a real child that runs a `systemctl` of the test's own.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { NOTHING_DECLARED } from '../../config/config.ts';
import type { ChildHost } from '../../host/host.ts';
import { childHostAt, installProgram, writeTree } from '../fixture.ts';
import { servicesBySystemctl } from './by-systemctl.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-systemctl-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const machine = (script?: string, watch: readonly string[] = []): { host: ChildHost; root: string } => {
  count += 1;
  const root = join(folder, String(count));
  writeTree(root, { 'run/systemd/system/.keep': '' });
  if (script !== undefined) installProgram(root, 'usr/bin/systemctl', script);
  return { host: childHostAt(root, { declared: { ...NOTHING_DECLARED, 'services.watch': [...watch] } }), root };
};
const NGINX = String.raw`printf 'Type=notify\nRemainAfterExit=no\nNRestarts=2\nId=nginx.service\nWantedBy=multi-user.target\nLoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\nConditionResult=yes\n'`;
const moment = { monoMs: 0, signal: new AbortController().signal };

it('one run gives every service, and is asked for the declared ones by name', async () => {
  const { host, root } = machine(`echo "$@" > "$(dirname "$0")/args"; ${NGINX}`, ['mine', 'no/name']);
  const collector = servicesBySystemctl();
  expect(await collector.probe(host)).toEqual({ ok: true, source: join(root, 'usr/bin/systemctl') });
  const { samples, partial } = await collector.collect(host, moment);
  const attributes = { 'fettle.service.name': 'nginx' };
  expect(samples).toEqual([
    { metric: 'fettle.service.state', attributes, value: 0 },
    { metric: 'fettle.service.restarts', attributes, value: 2 },
  ]);
  expect(partial?.map(({ detail }) => detail)).toEqual([
    'there is no mine.service on this machine',
    '"no/name" is no name of a service',
  ]);
  const args = readFileSync(join(root, 'usr/bin/args'), 'utf8').trim();
  expect(args).toMatch(/^show --no-pager --all --property=Id,Names,\S+ -- \*\.service mine\.service$/);
  expect(host.spent().children).toBe(1);
});

it('what could not be understood is counted', async () => {
  const { host } = machine(`${NGINX}; printf '\\nId=x.service\\nNRestarts=1'`);
  const { samples, partial } = await servicesBySystemctl().collect(host, moment);
  expect(samples).toHaveLength(2);
  expect(partial).toEqual([{ code: 'parse_error', detail: '1 services could not be understood' }]);
});

it.each([
  ['refuses', 'echo "Failed to connect to bus: No such file or directory" >&2; exit 1', 'service_broken', /to bus/],
  ['says nothing', 'exit 0', 'parse_error', /named no service/],
  ['speaks another language', 'echo "Unbekannter Vorgang show"; exit 0', 'parse_error', /named no service/],
  ['writes bytes', 'head -c 4096 /dev/zero', 'parse_error', /named no service/],
  ['writes 20 MiB', 'head -c 20971520 /dev/zero', 'parse_error', /more than/],
])('a systemctl that %s is a reason', async (_name, script, code, message) => {
  const { host } = machine(script);
  const failure: unknown = await servicesBySystemctl()
    .collect(host, moment)
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code });
  expect(String(failure)).toMatch(message);
});

it('without systemctl, or without systemd, there is nothing to ask', async () => {
  expect(await servicesBySystemctl().probe(machine().host)).toMatchObject({ reason: { code: 'tool_missing' } });
  const root = join(folder, 'other');
  writeTree(root, { 'proc/1/comm': 'runit\n' });
  expect(await servicesBySystemctl().probe(childHostAt(root))).toMatchObject({
    reason: { code: 'not_on_this_os', detail: 'PID 1 is not systemd (it is runit)' },
  });
});
