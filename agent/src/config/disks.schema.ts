// [[disk]]: what smartctl cannot find out about a disk, or should not do to it.
import { z } from 'zod';

export const disks = z
  .array(
    z.strictObject({
      /** As smartctl takes it: "/dev/sda". */
      device: z.string().min(1).max(200),
      /** smartctl's -d: "sat", "megaraid,3". Without it, what the scan says. */
      type: z.string().min(1).max(100).exactOptional(),
      /** Not to be asked at all. */
      skip: z.boolean().exactOptional(),
      /** Asked without -n standby: for bridges that say "asleep" for ever. */
      wake: z.boolean().exactOptional(),
    }),
  )
  .max(100);
