/** An IPv6 address as its eight groups, in hex without leading zeros: `::` and every other spelling that the platform reads. */
export function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::', 2);
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const [before, behind] = [groups(head), groups(tail ?? '')];
  return [...before, ...Array.from({ length: 8 - before.length - behind.length }, () => '0'), ...behind];
}
