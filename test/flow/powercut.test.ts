// The power cuts as `npm run powercut` plays them, in fewer images: what they find wrong is in its output.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { until } from '../../scripts/until.ts';
import { missing, needs } from '../support/needs.ts';
import { root } from '../support/place.ts';
import { run } from '../support/program.ts';

const strace = { isMet: existsSync('/usr/bin/strace'), reason: 'needs strace' };
const { skip, why } = missing(needs.linux, strace);
const DATABASES = 100;
const SPOOLS = 500;

const figures = z.looseObject({ database_images: z.int(), spool_images: z.int(), acks: z.int() });

describe.skipIf(skip)(`power cuts${why}`, () => {
  it('take nothing that was acknowledged or kept, from a database or a spool, and both open by themselves', async () => {
    const args = ['--databases', String(DATABASES), '--spools', String(SPOOLS)];
    const cuts = run(join(root, 'scripts', 'powercut.ts'), args);
    await until('the end', () => cuts.exitCode() !== null, 150_000);
    expect(cuts.exitCode(), cuts.stderr()).toBe(0);
    const found = figures.parse(JSON.parse(cuts.stdout()));
    expect(found).toMatchObject({ database_images: DATABASES, spool_images: SPOOLS });
    expect(found.acks).toBeGreaterThan(40);
  });
});
