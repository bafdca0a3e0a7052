// What Microsoft Defender says of itself.
import { describe, expect, it } from 'vitest';

import { parseDefender } from './defender.parse.ts';
import { recorded } from './fixture.ts';

const HEALTH = recorded('mdatp/on/health.json');

describe('Microsoft Defender', () => {
  it.each([
    [HEALTH, true],
    [HEALTH.replace('{ "$type": "bool", "value": true }', '{ "$type": "bool", "value": false }'), false],
    ['{"realTimeProtectionEnabled":false}', false],
    ['{"real_time_protection_enabled":true}', true],
    ['{"healthy":true}', undefined],
    ['{"realTimeProtectionEnabled":"unavailable"}', undefined],
    ['[]', undefined],
    ['', undefined],
  ])('%j protects: %j', (text, isOn) => expect(parseDefender(text)).toBe(isOn));
});
