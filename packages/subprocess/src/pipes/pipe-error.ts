/** The error of a pipe that cannot be made, in the shape of Node's system errors. */
export function pipeError(cause: NodeJS.ErrnoException): Error {
  const { code, errno } = cause;
  const message = `Cannot make a pipe: ${code ?? cause.message}`;
  return Object.assign(new Error(message, { cause }), { code, errno, syscall: "pipe" });
}
