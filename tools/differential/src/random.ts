/** Draws an integer from 0 up to, but not including, `limit`. */
export type Draw = (limit: number) => number;

/** Mulberry32, a small generator with the same results on every machine. */
export function drawsOf(seed: number): Draw {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** A random element of a list, which must not be empty. */
export function oneOf<T>(draw: Draw, list: readonly T[]): T {
  return list[draw(list.length)] as T;
}
