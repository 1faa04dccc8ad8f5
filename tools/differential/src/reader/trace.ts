/** How a call ended: its number (-1 for none), its name, and "ok" with the result, or an error. */
export type Outcome = readonly [number: number, name: string, ...how: (string | number | null)[]];

/** The visible state of a reader, or, at the end of a program, the bytes that remain. */
export type State =
  | string
  | readonly [
      buffered: number,
      atEof: boolean,
      hasException: boolean,
      isPaused: boolean,
      isWaiting: boolean,
    ];

/** The effect of one step. */
export type Step = readonly [outcomes: readonly Outcome[], state: State];

/** A trace as lines, one for each step. Both sides have equal lines exactly if they agree. */
export function linesOf(trace: readonly Step[]): string[] {
  return trace.map(([outcomes, state]) => {
    const ordered = outcomes.toSorted(([a], [b]) => a - b);
    const texts = ordered.map(([number, name, ...how]) => {
      const call = number === -1 ? name : `${name} ${number}`;
      return `${call}: ${how.map((part) => JSON.stringify(part)).join(" ")}`;
    });
    return [...texts, describe(state)].join(" | ");
  });
}

function describe(state: State): string {
  if (typeof state === "string") return `left ${JSON.stringify(state)}`;
  const [buffered, atEof, hasException, isPaused, isWaiting] = state;
  return [
    `${buffered} buffered`,
    ...(atEof ? ["at eof"] : []),
    ...(hasException ? ["exception"] : []),
    ...(isPaused ? ["paused"] : []),
    ...(isWaiting ? ["waiting"] : []),
  ].join(", ");
}
