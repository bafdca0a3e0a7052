// QEMU's own control: one command by one connection (QEMU's docs/interop/qmp-spec).
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

import { z } from 'zod';

const message = z.looseObject({
  return: z.unknown().optional(),
  error: z.looseObject({ desc: z.string() }).optional(),
});

/** Sets a property of a device of the guest. @param path of QEMU's tree. @throws when QEMU refuses */
export const setProperty = async (socketPath: string, path: string, property: string, value: number): Promise<void> => {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const ask = async (execute: string, of: object): Promise<void> => {
      socket.write(`${JSON.stringify({ execute, arguments: of })}\n`);
      for (;;) {
        const { value: line, done } = await lines.next();
        if (done === true) throw new Error(`QEMU closed its monitor before it answered ${execute}`);
        const { error, ...rest } = message.parse(JSON.parse(line));
        if (error) throw new Error(`QEMU refused ${execute}: ${error.desc}`);
        if ('return' in rest) return; // what comes before it are greetings and events
      }
    };
    await ask('qmp_capabilities', {});
    await ask('qom-set', { path, property, value });
  } finally {
    socket.destroy();
  }
};
