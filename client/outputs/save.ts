/** Hands a file to the person, as a browser saves one. */
export function save(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** A browser that asks where to save may take its time. */
const KEPT_MS = 60_000;
