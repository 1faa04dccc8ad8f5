import type { Round } from "./scenario.ts";

// What a start costs a program that holds 1 GiB, in any runtime.

/** Bytes that are held. */
export const size = 2 ** 30;
export const program = "/bin/true";

/** A process that has started. */
export interface Started {
  readonly end: Promise<unknown>;
}

export type Start = () => Started | Promise<Started>;

/** 1 GiB of the memory that a server fills. */
export const buffers = (): unknown => Array.from({ length: 1024 }, () => filled(size / 1024));

const filled = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(1);

let held: Promise<unknown> | undefined;

/** A round that measures while its process holds what `make` returns, from its first round on. */
export function holding(make: () => unknown, round: Round): Round {
  return async () => {
    held ??= Promise.resolve(make());
    await held;
    globalThis.gc?.();
    return round();
  };
}

/** What is measured, by name. */
export const measures = {
  /** Milliseconds in which nothing else runs, the median of some starts. */
  blocked: (start: Start) => async () => {
    const times: number[] = [];
    for (let count = 0; count < 15; count += 1) {
      const began = performance.now();
      const starting = start();
      times.push(performance.now() - began);
      const { end } = await starting;
      await end;
    }
    return times.toSorted((a, b) => a - b)[7] ?? Number.NaN;
  },
  /** Milliseconds a process, 16 at once. */
  throughput: (start: Start) => async () => {
    const began = performance.now();
    await Promise.all(Array.from({ length: 16 }, async () => (await start()).end));
    return (performance.now() - began) / 16;
  },
} satisfies Record<string, (start: Start) => Round>;

export type Measure = keyof typeof measures;
