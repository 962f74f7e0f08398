/** What people choose is longer; short ones are guessed. */
export const SHORTEST_PASSWORD = 8;
/** Hashed whole: a longer one is a mistake, or meant to cost time. */
export const LONGEST_PASSWORD = 1000;
