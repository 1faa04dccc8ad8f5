/** An element of a {@link ClientList}; it can be in one list at a time. */
export interface Listed {
  /** Its index while it is in the list. */
  place: number;
}

// Not a Set or a Map. After as many deletions as it has entries, V8 moves a Set to a new table, and
// the old table points to the new one. Once one table is in the old generation, minor garbage
// collections keep all later tables and everything that was in them: thousands of closed
// connections, on a busy server.

/** The connected clients, in no particular order. Adding and removing take constant time. */
export class ClientList<C extends Listed> {
  readonly #clients: C[] = [];

  get size(): number {
    return this.#clients.length;
  }

  add(client: C): void {
    client.place = this.#clients.length;
    this.#clients.push(client);
  }

  /** Remove a client. Does nothing if it is not in the list. */
  remove(client: C): void {
    if (this.#clients[client.place] !== client) return;
    const last = this.#clients.pop() as C;
    if (last === client) return;
    last.place = client.place;
    this.#clients[client.place] = last;
  }

  /** A copy of the list, for loops that remove clients. */
  all(): readonly C[] {
    return [...this.#clients];
  }
}
