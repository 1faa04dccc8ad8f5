/** The error of a pipe that cannot be made, in the shape of Node's system errors. */
export function pipeError(cause: NodeJS.ErrnoException): Error {
  const { code, errno } = cause;
  const message = `Cannot make a pipe: ${reasonOf(cause)}`;
  return Object.assign(new Error(message, { cause }), { code, errno, syscall: "pipe" });
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code !== "ERR_ACCESS_DENIED") return code ?? message;
  return "under --permission it needs --allow-fs-read=/proc and --allow-fs-write=/proc";
}
