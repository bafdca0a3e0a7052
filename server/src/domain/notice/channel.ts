// Where people are told: what a channel is, and what may be shown of it.
import type { ChannelSettings, ChannelView } from '@fettle/shared/api/notice.schema';

export type Channel = {
  readonly id: string;
  /** "": for all tenants. */
  readonly tenant: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly perHour: number;
  /** With its secrets: for whatever sends, and for nobody else. */
  readonly settings: ChannelSettings;
};

/** May something of this tenant use what belongs to `owner`? */
export const isFor = (owner: string, tenant: string): boolean => owner === '' || owner === tenant;

/** Without secrets. Of an address only the origin: paths of incoming webhooks are passwords. */
export const channelView = ({ id, tenant, name, isEnabled, perHour, settings }: Channel): ChannelView => ({
  id,
  tenant,
  name,
  kind: settings.kind,
  target: targetOf(settings),
  isSigned: settings.kind === 'webhook' && settings.secret !== undefined,
  isEnabled,
  perHour,
});

const targetOf = (settings: ChannelSettings): string =>
  settings.kind === 'email' ? settings.to.join(', ') : (URL.parse(settings.url)?.origin ?? '');
