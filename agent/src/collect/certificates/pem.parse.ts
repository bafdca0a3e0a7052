// The certificates of a file, still as bytes: several in PEM (RFC 7468), or one in DER. Keys that stand beside them are left out.
const BLOCK = /-----BEGIN (X509 |TRUSTED |)CERTIFICATE-----[\dA-Za-z+/=\s]*-----END \1CERTIFICATE-----/g;
const IS_PEM = '-----BEGIN ';
/** ASN.1 SEQUENCE with a length of two bytes: what every certificate in DER begins with. */
const DER_START = [0x30, 0x82] as const;

/** @param max more are passed over */
export const certificatesIn = (bytes: Uint8Array, max: number): readonly Uint8Array[] => {
  if (DER_START.every((byte, index) => bytes[index] === byte)) return [bytes];
  const text = new TextDecoder('latin1').decode(bytes);
  if (!text.includes(IS_PEM)) return [];
  const encoder = new TextEncoder();
  return [...text.matchAll(BLOCK).take(max)].map(([block]) => encoder.encode(block));
};
