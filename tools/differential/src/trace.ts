import type { Program } from "./program.ts";

/** What one batch of operations led to, as an interpreter says it. */
export interface Batch {
  /** Who went on, or what failed, in that order. */
  readonly events: readonly (readonly [thing: number, call: number, text: string])[];
  /** What each thing shows of itself once everything has settled. */
  readonly states: readonly string[];
}

/**
 * A trace in lines, one a batch, that are equal exactly if the interpreters agree.
 *
 * The order of events is compared for each lock (with its conditions) and each other thing by itself:
 * in how many hops somebody wakes differs between the event loops, so that those who wait at two
 * things have no order among each other. For the same reason who is sent away from a barrier, and
 * who comes back from waitFor(), stands behind the others.
 */
export function linesOf(program: Program, trace: readonly Batch[]): string[] {
  return trace.map(({ events, states }) => {
    const groups = program.things.flatMap(([kind], thing) => {
      if (kind === "condition") return [];
      const own = events.filter(([at]) => groupOf(program, at) === thing);
      const late = own.filter(isLate);
      if (program.together) late.sort(([, a], [, b]) => a - b);
      const texts = [...own.filter((event) => !isLate(event)), ...late].map(([, , text]) => text);
      return texts.length === 0 ? [] : [`${kind} ${thing}: ${texts.join(", ")}`];
    });
    return [...groups, states.join(" ")].join(" | ");
  });
}

function groupOf(program: Program, thing: number): number {
  const [kind, lock] = program.things[thing] ?? ["lock", thing];
  return kind === "condition" ? lock : thing;
}

function isLate([, , text]: Batch["events"][number]): boolean {
  return text.endsWith("BrokenBarrierError") || text.includes(" waitFor ");
}
