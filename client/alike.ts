/** Whether two values are written alike as JSON: enough to tell that nothing changed. The order of keys counts. */
export const alike = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);
