const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Holds up this thread and no other. */
export const pause = (ms: number): void => void Atomics.wait(never, 0, 0, ms);
