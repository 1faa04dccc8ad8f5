import type { Program } from "./program.ts";

/** The effects of one batch of operations. */
export interface Batch {
  /** Calls that settled and operations that failed, in order. */
  readonly events: readonly (readonly [thing: number, call: number, text: string])[];
  /** The printed state of each primitive once everything has settled. */
  readonly states: readonly string[];
}

/**
 * A trace as lines, one for each batch. Both interpreters have equal lines exactly if they agree.
 *
 * If operations come one at a time, the order of all events counts. If several come together, the two
 * event loops take different numbers of hops to wake a waiter, so events are ordered only within each
 * lock (with its conditions) and within each other primitive. Calls that fail, and calls of waitFor(),
 * which takes an extra hop, come last, ordered by their numbers.
 */
export function linesOf(program: Program, trace: readonly Batch[]): string[] {
  return trace.map(({ events, states }) => {
    const state = states.join(" ");
    if (!program.together) return [...events.map(([, , text]) => text), state].join(" | ");
    const groups = program.things.flatMap(([kind], thing) => {
      if (kind === "condition") return [];
      const own = events.filter(([at]) => groupOf(program, at) === thing);
      const late = own.filter(isLate).toSorted(([, a], [, b]) => a - b);
      const texts = [...own.filter((event) => !isLate(event)), ...late].map(([, , text]) => text);
      return texts.length === 0 ? [] : [`${kind} ${thing}: ${texts.join(", ")}`];
    });
    return [...groups, state].join(" | ");
  });
}

function groupOf(program: Program, thing: number): number {
  const [kind, lock] = program.things[thing] ?? ["lock", thing];
  return kind === "condition" ? lock : thing;
}

function isLate([, , text]: Batch["events"][number]): boolean {
  return text.endsWith("Error") || text.includes(" waitFor ");
}
