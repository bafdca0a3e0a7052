import type { ChannelSettings } from '@fettle/shared/api/notice.schema';
import { expect, it } from 'vitest';

import { type Channel, channelView, isFor } from './channel.ts';

const shown = (settings: ChannelSettings) => {
  const channel: Channel = { id: 'ch_1', tenant: '', name: 'ops', isEnabled: true, perHour: 60, settings };
  return channelView(channel);
};

it.each<[string, ChannelSettings, string, boolean]>([
  ['of mail whom it goes to', { kind: 'email', to: ['a@b.example', 'c@d.example'] }, 'a@b.example, c@d.example', false],
  [
    'of an address the host alone',
    { kind: 'webhook', url: 'https://x.example:8443/hooks/SECRET?k=SECRET' },
    'https://x.example:8443',
    false,
  ],
  [
    'of one that is signed, that it is',
    { kind: 'webhook', url: 'https://x.example/', secret: 'SECRET'.repeat(6) },
    'https://x.example',
    true,
  ],
  ['of one that is none, nothing', { kind: 'slack', url: 'SECRET' }, '', false],
])('a channel shows %s', (_name, settings, target, isSigned) => {
  const view = shown(settings);
  expect(view).toMatchObject({ kind: settings.kind, target, isSigned, name: 'ops', perHour: 60, isEnabled: true });
  expect(JSON.stringify(view)).not.toContain('SECRET');
});

it('what is of all tenants is for each, and what is of one for that one', () => {
  expect([isFor('', 'acme'), isFor('acme', 'acme'), isFor('acme', 'bistro'), isFor('acme', '')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
