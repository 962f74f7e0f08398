/**
 * The interpreters that a person can pick, in the order of the digits 1–9. Those of `bar` stand between paragraphs; the
 * others are reached by `/`, a digit, the palette or `%`. A test holds names and aliases to the registry of the server.
 */
import { words } from '../words/en.ts';

export type InterpreterChoice = {
  readonly name: string;
  /** Other words for it, in files and after `%`. */
  readonly aliases: readonly string[];
  readonly label: string;
  readonly runs: boolean;
  readonly bar: boolean;
  /** Its value can have a name, which is a table's. */
  readonly named: boolean;
  /** What an empty paragraph says. */
  readonly placeholder: string;
};

const { interpreters: labels, placeholders } = words;

export const interpreters: readonly InterpreterChoice[] = [
  {
    name: 'sql',
    aliases: [],
    label: labels.sql,
    runs: true,
    bar: true,
    named: true,
    placeholder: placeholders.sql,
  },
  {
    name: 'typescript',
    aliases: ['ts'],
    label: labels.typescript,
    runs: true,
    bar: true,
    named: true,
    placeholder: placeholders.typescript,
  },
  {
    name: 'shell',
    aliases: ['sh', 'bash'],
    label: labels.shell,
    runs: true,
    bar: true,
    named: false,
    placeholder: placeholders.shell,
  },
  {
    name: 'markdown',
    aliases: ['md'],
    label: labels.markdown,
    runs: false,
    bar: true,
    named: false,
    placeholder: placeholders.markdown,
  },
  {
    name: 'vega-lite',
    aliases: [],
    label: labels.vegaLite,
    runs: true,
    bar: false,
    named: false,
    placeholder: placeholders.vegaLite,
  },
];

export const choiceOf = (name: string): InterpreterChoice | undefined =>
  interpreters.find((choice) => choice.name === name || choice.aliases.includes(name));

export const labelOf = (name: string): string => choiceOf(name)?.label ?? name;
export const runs = (name: string): boolean => choiceOf(name)?.runs ?? false;
export const canBeNamed = (name: string): boolean => choiceOf(name)?.named ?? false;
