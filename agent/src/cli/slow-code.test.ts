import { describe, expect, it } from 'vitest';

import { collectorsFor } from '../collect/collectors.ts';
import { slowCode } from './slow-code.ts';

describe.each(['linux', 'macos', 'windows'] as const)('what a child reads on %s', (os) => {
  it.each([...slowCode[os]])('%s is what the resident agent asks for', async (id, load) => {
    const { id: own, provides } = await load();
    const asked = collectorsFor(os).find((collector) => collector.id === id);
    expect({ own, provides }).toEqual({ own: id, provides: asked?.provides });
  });
});
