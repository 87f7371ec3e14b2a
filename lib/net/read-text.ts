/** The text of a body, or null as soon as it is longer than `bytesMax`: the rest is not read. */
export async function readText(body: AsyncIterable<Uint8Array> | null, bytesMax: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
