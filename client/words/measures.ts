/** What charts and pivots call their aggregates, and the stretches of time they cut by. */

export const aggregates = {
  count: 'count',
  sum: 'sum',
  mean: 'mean',
  median: 'median',
  min: 'lowest',
  max: 'highest',
  distinct: 'distinct',
};

export const measured = {
  count: (column: string) => `count of ${column}`,
  sum: (column: string) => `sum of ${column}`,
  mean: (column: string) => `mean ${column}`,
  median: (column: string) => `median ${column}`,
  min: (column: string) => `lowest ${column}`,
  max: (column: string) => `highest ${column}`,
  distinct: (column: string) => `distinct ${column}`,
};

export const units = { day: 'day', week: 'week', month: 'month', quarter: 'quarter', year: 'year' };
