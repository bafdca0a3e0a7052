// A device as the server keeps it. Everything but names and readings.
import type { Presence } from '@fettle/shared/api/device.schema';
import type { DeviceClass, Os } from '@fettle/shared/rule/scope';
import type { ByeReason } from '@fettle/shared/wire/agent-message.schema';
import type { CapabilityReport, Inventory } from '@fettle/shared/wire/record.schema';

export type Device = {
  readonly id: string;
  readonly tenant: string;
  readonly site: string;
  readonly publicKey: string;
  readonly hostname: string;
  readonly os: Os;
  readonly class: DeviceClass;
  readonly agentVersion: string;
  readonly bootId: string;
  readonly bootedMs: number | null;
  readonly enrolledMs: number;
  /** The last sign of life, by the server's clock. */
  readonly lastSeenMs: number;
  readonly presence: Presence;
  readonly presenceSinceMs: number;
  readonly goodbye: ByeReason | null;
  readonly clockOffsetMs: number;
  readonly lostRecords: number;
  readonly capabilities: CapabilityReport['collectors'];
  readonly inventory: { readonly atMs: number; readonly sections: Inventory['sections'] } | null;
};
