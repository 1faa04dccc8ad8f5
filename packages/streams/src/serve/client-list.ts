/** An element of a {@link ClientList}; it can be in one list at a time. */
export interface Listed {
  /** Its index while it is in the list. */
  place: number;
}

// Not a Set or a Map. After as many deletions as it has entries, V8 moves a Set to a new table, and the
// old table points to the new one. Once one old table is in the old generation, all later tables and
// everything that was in them survive the collections of the young generation: thousands of closed
// connections, on a server where they come and go.

/** The clients that are connected, in no order. Each is added and removed in constant time. */
export class ClientList<C extends Listed> {
  readonly #clients: C[] = [];

  get size(): number {
    return this.#clients.length;
  }

  add(client: C): void {
    client.place = this.#clients.length;
    this.#clients.push(client);
  }

  remove(client: C): void {
    const last = this.#clients.pop();
    if (last === undefined || last === client) return;
    last.place = client.place;
    this.#clients[client.place] = last;
  }

  /** A copy of the list, for loops in which clients leave. */
  all(): readonly C[] {
    return [...this.#clients];
  }
}
