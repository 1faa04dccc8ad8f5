import { describe, expect, test } from "vitest";
import { ClientList } from "../src/serve/client-list.ts";

describe("ClientList.remove()", () => {
  test("keeps all other clients, wherever in the list the client is", () => {
    const clients = Array.from({ length: 5 }, () => ({ place: -1 }));
    const list = new ClientList<{ place: number }>();
    for (const client of clients) list.add(client);
    for (const index of [2, 4, 0]) list.remove(clients[index]!);
    expect(new Set(list.all())).toEqual(new Set([clients[1], clients[3]]));
    expect(list.size).toBe(2);
  });

  test("does nothing for a client that is not in the list, or has left it", () => {
    const [first, second, stranger] = [{ place: -1 }, { place: -1 }, { place: -1 }];
    const list = new ClientList<{ place: number }>();
    list.add(first);
    list.add(second);
    list.remove(stranger);
    expect(list.all()).toEqual([first, second]);
    list.remove(first);
    list.remove(first);
    expect(list.all()).toEqual([second]);
  });
});
