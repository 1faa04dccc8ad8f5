/** What a connection scenario runs over. */
export interface Setting {
  readonly over: "tcp" | "unix" | "tls";
  readonly path: string;
  /** File names. */
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
  /** The port of the server, once it listens. */
  readonly port?: number;
  /** How many bytes `fill` wrote. */
  readonly filled?: number;
}
