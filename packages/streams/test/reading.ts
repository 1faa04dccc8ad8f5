/** The bytes read, as text. */
export async function text(bytes: Promise<Uint8Array>): Promise<string> {
  return String(await bytes);
}
