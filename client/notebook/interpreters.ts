/** The interpreters that a person can pick, in the order of the insertion points and of the digits 1–9. */
import { words } from '../words/en.ts';

export type InterpreterChoice = {
  readonly name: string;
  /** Other words for it, in files and after `%`. */
  readonly aliases: readonly string[];
  readonly label: string;
  readonly runs: boolean;
};

export const interpreters: readonly InterpreterChoice[] = [
  { name: 'sql', aliases: [], label: words.interpreters.sql, runs: true },
  { name: 'markdown', aliases: ['md'], label: words.interpreters.markdown, runs: false },
];

export const choiceOf = (name: string): InterpreterChoice | undefined =>
  interpreters.find((choice) => choice.name === name || choice.aliases.includes(name));

export const labelOf = (name: string): string => choiceOf(name)?.label ?? name;
export const runs = (name: string): boolean => choiceOf(name)?.runs ?? false;
