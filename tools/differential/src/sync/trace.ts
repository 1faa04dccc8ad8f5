import type { Program } from "./program.ts";

/** What one batch of operations led to, as an interpreter says it. */
export interface Batch {
  /** Which call went on, or what failed, in that order. */
  readonly events: readonly (readonly [thing: number, call: number, text: string])[];
  /** What each thing shows of itself once everything has settled. */
  readonly states: readonly string[];
}

/**
 * A trace in lines, one a batch, that are equal exactly if the interpreters agree.
 *
 * Where operations come one at a time, so do all events, in one order. Where several come together,
 * the two event loops wake a waiter after a different number of hops. There the order is that of each
 * lock (with its conditions) and of each other thing by itself. Calls that fail, and calls of
 * waitFor(), which takes a hop of its own, stand behind the others in the order of their numbers.
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
