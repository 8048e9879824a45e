// Where things are in the scanner's memory.

/** Six tables of 16 bytes: for each of three fingerprint bytes, buckets by low and by high nibble. */
export const NIBBLES: usize = 0;
/** 4096 x u16: first literal row (from 1) of each fingerprint hash, 0 for none. */
export const HEADS: usize = 128;
/** Where a scan stands: u32 next line's offset, u32 lines seen, u32 lines over the cap. */
export const STATE: usize = 8448;
/** 32 bytes: bits that every line has from the start. */
export const ALWAYS: usize = 8464;
/** 256 bytes for what follows the scan, see matches.ts. */
export const MATCHES: usize = 8528;
/** 32 bytes for each literal: u32 text, u32 fold mask, u32 length, u32 offset of the fingerprint, u32 bit, u32 next row of the same hash. */
export const ROWS: usize = 8784;

/** Bytes of one hit: u32 start, u32 end (without newline), u32 line, u32 flags, 32 bytes of bits. */
export const HIT: usize = 48;
