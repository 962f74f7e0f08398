/** Small and very large spreadsheets made on the spot: the parts are packed as a zip archive, part by part. */
import { crc32, deflateRawSync } from 'node:zlib';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export type Part = { readonly name: string; readonly bytes: Uint8Array };

export const textPart = (name: string, text: string): Part => ({ name, bytes: Buffer.from(text) });

/** A workbook with one sheet, of `rows` as XML. */
export const sheetParts = (rows: Uint8Array | string, more: readonly Part[] = []): readonly Part[] => [
  textPart(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="One" sheetId="1" r:id="a"/></sheets></workbook>`,
  ),
  textPart(
    'xl/_rels/workbook.xml.rels',
    `<Relationships><Relationship Id="a" Type="${RELATIONS}/worksheet" Target="sheet.xml"/><Relationship Id="b" Type="${RELATIONS}/sharedStrings" Target="strings.xml"/></Relationships>`,
  ),
  {
    name: 'xl/sheet.xml',
    bytes: Buffer.concat([
      Buffer.from(`<worksheet xmlns="${MAIN}"><sheetData>`),
      Buffer.from(rows),
      Buffer.from('</sheetData></worksheet>'),
    ]),
  },
  ...more,
];

export function zipOf(parts: readonly Part[]): Uint8Array {
  const bodies: Buffer[] = [];
  const heads: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of parts) {
    const packed = deflateRawSync(bytes);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, Buffer.from(name), packed]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(offset, 10);
    heads.push(
      Buffer.concat([
        Buffer.from('PK\u0001\u0002'),
        Buffer.from([20, 0]),
        fields,
        central.subarray(0, 14),
        Buffer.from(name),
      ]),
    );
    bodies.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(heads);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, directory, end]);
}
