/** The bytes of standard base64 with padding (RFC 4648 section 4); undefined if the text is not the only encoding of them. */
export function readBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
