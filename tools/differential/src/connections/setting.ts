/** What a scenario of connections runs over. */
export interface Setting {
  readonly over: "tcp" | "unix" | "tls";
  readonly path: string;
  /** The names of files. */
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
  /** Where the server listens, once it does. */
  readonly port?: number;
  /** How much was written to find out how much fits. */
  readonly filled?: number;
}
