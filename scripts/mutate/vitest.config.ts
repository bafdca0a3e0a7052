// The tests of one area, for the runner of mutate.ts, which names them.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Each of them tries thousands of cases. */
const THOROUGH = /\b(?:bounds|model|power|reader)\.test\.ts$/;

/** The first test that fails ends the run: what takes long comes last. */
class QuickFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [thorough, quick] = [true, false].map((is) => files.filter(({ moduleId }) => THOROUGH.test(moduleId) === is));
    return Promise.resolve([...(quick ?? []), ...(thorough ?? [])]);
  }
}

export default defineConfig({
  test: {
    include: (process.env['FETTLE_MUTATE_TESTS'] ?? '').split(','),
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000, // each counts what it runs through
  },
});
