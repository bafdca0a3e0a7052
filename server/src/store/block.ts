/** A batch of readings as it is kept: what the device's set `setId` has measured from `t0Ms` on, encoded. */
export type StoredBlock = { readonly t0Ms: number; readonly setId: number; readonly block: Uint8Array };
