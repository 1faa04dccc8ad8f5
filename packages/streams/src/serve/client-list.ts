/** Something that can be in one list at a time. */
export interface Listed {
  /** Where it stands, as long as it is in the list. */
  place: number;
}

// Not a Set or a Map: when one of these has had as many deleted as it holds, V8 moves to a new table
// and leaves the old one pointing to it, entries and all. As soon as one such table has grown old,
// all that came after it, and everything that was in them, outlives the collections of the young
// generation: thousands of closed connections, in a server where they come and go.

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

  /** All that are in the list now, whichever leaves while they are told. */
  all(): readonly C[] {
    return [...this.#clients];
  }
}
