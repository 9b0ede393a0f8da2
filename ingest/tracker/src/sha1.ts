const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** The first four hex digits of the SHA-1 of an ASCII text: the end of every cookie's name. */
export function sha1Start(text: string): string {
  const { length } = text;
  const words: number[] = Array(((length + 8) >> 6) * 16 + 16).fill(0);
  for (let i = 0; i <= length; i++) {
    // The end is marked by one bit.
    words[i >> 2]! |= (text.charCodeAt(i) || 128) << (24 - (i % 4) * 8);
  }
  words[words.length - 1] = length * 8;

  let hash = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let block = 0; block < words.length; block += 16) {
    const w = words.slice(block);
    let [a, b, c, d, e] = hash as [number, number, number, number, number];
    for (let i = 0; i < 80; i++) {
      if (i > 15) w[i] = rotate(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);
      const round = (i / 20) | 0;
      const mix = [d ^ (b & (c ^ d)), b ^ c ^ d, (b & c) | (d & (b | c)), b ^ c ^ d][round]!;
      // The standard's constants are these square roots.
      const key = [2, 3, 5, 10][round]! ** 0.5 * 2 ** 30;
      const next = rotate(a, 5) + mix + e + (key | 0) + w[i]!;
      [a, b, c, d, e] = [next | 0, a, rotate(b, 30), c, d];
    }
    hash = [a, b, c, d, e].map((word, i) => (hash[i]! + word) | 0);
  }
  return (hash[0]! >>> 16).toString(16).padStart(4, '0');
}
