/**
 * How large a picture of pixels is when it is unpacked, by the first bytes of its file: a few hundred kilobytes can be
 * gigabytes, in the process of the page. Formats: PNG (RFC 2083, IHDR), GIF89a, JPEG (ITU T.81, B.2.2), WebP (RFC 9649).
 */
import type { ImageType } from '../../../server/protocol/outputs.ts';

/** As a large camera takes them; 4 bytes each when unpacked. */
export const MOST_PIXELS = 100_000_000;

export type Size = { readonly width: number; readonly height: number };

/** Undefined where the head tells no size: nothing is unpacked of such a file either. */
export function sizeOf(type: ImageType, base64: string): Size | undefined {
  const bytes = headOf(base64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    switch (type) {
      case 'image/png':
        return { width: view.getUint32(16), height: view.getUint32(20) };
      case 'image/gif':
        return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
      case 'image/jpeg':
        return ofJpeg(view);
      case 'image/webp':
        return ofWebp(view);
      default:
        return undefined;
    }
  } catch {
    // It ends before its size.
    return undefined;
  }
}

export const isVast = ({ width, height }: Size): boolean => width * height > MOST_PIXELS;

/** What stands before the size of a JPEG, a colour profile and a thumbnail, is seldom longer; base64 of whole groups. */
const HEAD = 4 * 1024 * 1024;

function headOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64.slice(0, HEAD)), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** Segments, each a mark and its length, up to the start of a frame. */
function ofJpeg(view: DataView): Size | undefined {
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const mark = view.getUint8(at + 1);
    if (mark === 0xff) at += 1;
    else if (mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark))
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function ofWebp(view: DataView): Size | undefined {
  const three = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
  switch (view.getUint8(15)) {
    case 0x58: // VP8X
      return { width: three(24) + 1, height: three(27) + 1 };
    case 0x4c: {
      // VP8L
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x20: // VP8
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      return undefined;
  }
}
