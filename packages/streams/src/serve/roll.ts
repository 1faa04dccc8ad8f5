/** Something that can be on a roll, on one at a time. */
export interface Member {
  /** Where it stands, as long as it is on the roll. */
  place: number;
}

// Not a Set or a Map: when one of these has had as many deleted as it holds, V8 moves to a new table
// and leaves the old one pointing to it, entries and all. As soon as one such table has grown old,
// all that came after it, and everything that was in them, outlives the collections of the young
// generation: thousands of closed connections, in a server where they come and go.

/** Who is there, in no order. Each comes and goes in constant time. */
export class Roll<M extends Member> {
  readonly #members: M[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: M): void {
    member.place = this.#members.length;
    this.#members.push(member);
  }

  remove(member: M): void {
    const last = this.#members.pop();
    if (last === undefined || last === member) return;
    last.place = member.place;
    this.#members[member.place] = last;
  }

  /** All who are there now, whoever leaves while they are being told. */
  all(): readonly M[] {
    return [...this.#members];
  }
}
