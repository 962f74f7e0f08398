/** Bytes with the frame of a Parquet file: enough for what looks at its ends alone. */
export function parquetBytes(rows: string, footer: string, length = footer.length): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(length);
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from(rows), Buffer.from(footer), size, Buffer.from('PAR1')]);
}
