// The child's side of the inventory: the only file that loads systeminformation.
import { baseboard, bios, chassis, cpu, memLayout, osInfo, system } from 'systeminformation';

/** Not diskLayout: it runs smartctl without care for sleeping disks. */
export const gatherInventory = async (): Promise<Readonly<Record<string, unknown>>> => ({
  osInfo: await osInfo(),
  system: await system(),
  baseboard: await baseboard(),
  bios: await bios(),
  chassis: await chassis(),
  cpu: await cpu(),
  memLayout: await memLayout(),
});
