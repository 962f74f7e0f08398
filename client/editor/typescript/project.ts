/**
 * The TypeScript of one notebook as the compiler's language service sees it: texts and their order come in, questions
 * are answered in offsets of a paragraph's own text. Types are never asked about before a run, so what only they
 * object to is a doubt and no error. A little long: texts, tables and frames are what one host of the service hands out.
 */
import { typescript as ts } from 'monaco-editor/languages/features/typescript/lib/typescriptServices';
import { formsDeclaration } from '../../../server/protocol/forms/types.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { readObjection } from './columns.ts';
import type { Answers, Description, Kind, KnownTable, Question, Remark, Span, Suggestions } from './contract.ts';
import { layoutOf } from './layout.ts';
import { isConstantOf, tableAt, tablesIn } from './mentions.ts';
import { type Declared, declaredIn, framesOf, type Module } from './names.ts';
import { description, flat, joined, MODULE, parameters, remark, syntaxErrors } from './said.ts';
import { globalNames, tableDeclaration } from './tables.ts';

export type Libraries = {
  /** The language's own declarations: `lib.esnext.d.ts` and what it names, by file name. */
  readonly language: Readonly<Record<string, string>>;
  /** Of what every paragraph sees besides, by file name. */
  readonly globals: Readonly<Record<string, string>>;
};

export type Project = {
  /** Returns whether anything is other than before. */
  setText(id: ParagraphId, text: string): boolean;
  setOrder(order: readonly ParagraphId[]): void;
  /** All tables of the notebook. Returns whether anything is other than before. */
  setTables(tables: readonly KnownTable[]): boolean;
  /** How `forms` is declared, which every paragraph sees. */
  setForms(declaration: string): void;
  answer(id: ParagraphId, question: Question): Answers[Kind];
};

/** Gentle: a notebook explores. What stays is what helps with completion and finds slips of the pen. */
const OPTIONS = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.esnext.d.ts'],
  types: [],
  noEmit: true,
  allowImportingTsExtensions: true,
  allowUnreachableCode: true,
  allowUnusedLabels: true,
  // Types are only cut out before a run: what needs more than that can't run.
  erasableSyntaxOnly: true,
  skipLibCheck: true,
} as const;

/** Assigning to what an earlier paragraph declared: an import for the compiler, a variable in the session. */
const ASSIGNED = 2632;
/** A type from a file beside the notebook, which is not read here. */
const UNREAD = 2709;
/** Names and modules that are not there, constants assigned to, syntax that can't be cut out: a run fails on these too. */
const ERRORS: ReadonlySet<number> = new Set([1294, 2304, 2307, 2503, 2552, 2588, 18004]);

const LANGUAGE = '/language/';
const GLOBALS = '/globals/';
const FORMS = `${GLOBALS}forms.d.ts`;
const TABLES = '/tables/';
/** Columns that a hover shows of a table: a screen of them. */
const SHOWN = 40;
const PREFERENCES = { includeCompletionsWithInsertText: true, includeCompletionsForModuleExports: false };

export function createProject(libraries: Libraries): Project {
  const texts = new Map<ParagraphId, { text: string; version: number; declared: Declared }>();
  let order: readonly ParagraphId[] = [];
  let frames: ReadonlyMap<ParagraphId, Module> | undefined;
  /** Where somebody completes words now. */
  let completed: ParagraphId | undefined;
  let formsVersion = 1;
  const fixed = new Map([
    ...Object.entries(libraries.language).map(([name, text]) => [LANGUAGE + name, text] as const),
    ...Object.entries(libraries.globals).map(([name, text]) => [GLOBALS + name, text] as const),
    [FORMS, formsDeclaration([])] as const,
  ]);
  const taken = globalNames([...Object.values(libraries.language), ...Object.values(libraries.globals)]);
  /** By name; each is a file of its own, so that only what changed is read again. */
  const tables = new Map<string, { table: KnownTable; file: string; text: string; version: number }>();
  const tableFiles = new Map<string, { readonly text: string; readonly version: number }>();
  let areTablesTold = false;
  let lastTable = 0;
  const fileOf = (id: ParagraphId): string => `/paragraphs/${id}.ts`;
  const files = new Map<string, ParagraphId>();

  const frameOf = (id: ParagraphId): Module => {
    frames ??= framesOf(
      order.flatMap((each) => {
        const known = texts.get(each);
        return known ? [[each, known.declared] as const] : [];
      }),
      fileOf,
      completed,
    );
    return frames.get(id) ?? { head: '', tail: '' };
  };
  const textOf = (file: string): string | undefined => {
    const id = files.get(file);
    const own = id === undefined ? undefined : texts.get(id);
    if (id === undefined || !own) return fixed.get(file) ?? tableFiles.get(file)?.text;
    const { head, tail } = frameOf(id);
    return head + own.text + tail;
  };
  const service = ts.createLanguageService({
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => [
      ...[...fixed.keys()].filter((name) => name.startsWith(GLOBALS)),
      ...tableFiles.keys(),
      ...files.keys(),
    ],
    getScriptVersion: (file) => {
      const id = files.get(file);
      const own = id === undefined ? undefined : texts.get(id);
      if (id === undefined || !own) return String(file === FORMS ? formsVersion : (tableFiles.get(file)?.version ?? 1));
      const { head, tail } = frameOf(id);
      return `${own.version} ${head} ${tail}`;
    },
    getScriptSnapshot: (file) => {
      const text = textOf(file);
      if (text === undefined) return undefined;
      return {
        getText: (start, end) => text.slice(start, end),
        getLength: () => text.length,
        getChangeRange: () => undefined,
      };
    },
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => `${LANGUAGE}lib.esnext.d.ts`,
    fileExists: (file) => textOf(file) !== undefined,
    readFile: textOf,
    resolveModuleNameLiterals: (literals) =>
      literals.map(({ text }) => ({
        resolvedModule: files.has(text) ? { resolvedFileName: text, extension: '.ts' } : undefined,
      })),
  });

  function answer(id: ParagraphId, question: Question): Answers[Kind] {
    const own = texts.get(id);
    const file = fileOf(id);
    if (!own || !files.has(file)) return question.kind === 'check' ? [] : undefined;
    if (question.kind === 'complete' && completed !== id) {
      completed = id;
      frames = undefined;
    }
    const ahead = frameOf(id).head.length;
    const clip = ({ start, length }: ts.TextSpan): Span => {
      const within = (offset: number): number => Math.max(0, Math.min(own.text.length, offset - ahead));
      return { start: within(start), end: within(start + length) };
    };
    switch (question.kind) {
      case 'complete':
        return complete(file, question.offset + ahead, clip);
      case 'describe': {
        const at = question.offset + ahead;
        const found = service.getCompletionEntryDetails(
          file,
          at,
          question.name,
          undefined,
          undefined,
          PREFERENCES,
          undefined,
        );
        if (!found) return undefined;
        const described = description(found);
        return isConstantOf(described.code, question.name) ? withTable(described, question.name) : described;
      }
      case 'hover': {
        const at = question.offset + ahead;
        const source = service.getProgram()?.getSourceFile(file);
        const literal = source && tableAt(source, at);
        if (literal) {
          const { text, ...place } = literal;
          return tables.has(text) ? { ...withTable({ code: '', text: '' }, text), ...clip(place) } : undefined;
        }
        const info = service.getQuickInfoAtPosition(file, at);
        if (!info) return undefined;
        const span = clip(info.textSpan);
        const name = own.text.slice(span.start, span.end);
        const isOne = service.getDefinitionAtPosition(file, at)?.[0]?.fileName.startsWith(TABLES) === true;
        const isConst = isOne && isConstantOf(joined(info.displayParts), name);
        return {
          ...(isConst ? withTable({ code: `const ${name}: DataFrame`, text: '' }, name) : description(info)),
          ...span,
        };
      }
      case 'parameters':
        return parameters(service.getSignatureHelpItems(file, question.offset + ahead, {}));
      case 'check':
        return check(id, file, own.text, ahead);
      case 'format':
        return layoutOf(own.text);
    }
  }

  function check(id: ParagraphId, file: string, text: string, ahead: number): readonly Remark[] {
    const syntax = syntaxErrors(text).flatMap((each) => remark(each, 'error', MODULE.length, text.length));
    if (syntax.length > 0) return syntax;
    const program = service.getProgram();
    const source = program?.getSourceFile(file);
    if (!program || !source) return [];
    const meaning = service.getSemanticDiagnostics(file).flatMap((each): Remark[] => {
      if (each.code === UNREAD) return [];
      if (each.code === ASSIGNED) return assigned(id, remark(each, 'error', ahead, text.length), text);
      const read = readObjection(each, flat(each.messageText), source, program.getTypeChecker());
      if (read?.kind === 'nothing') return [];
      if (read) {
        const { name: column, meant, at } = read;
        const start = at.getStart(source) - ahead;
        const said = { column, ...(meant === undefined ? {} : { meant }) };
        return start < 0 ? [] : [{ start, end: at.getEnd() - ahead, weight: 'error', ...said }];
      }
      return remark(each, ERRORS.has(each.code) ? 'error' : 'doubt', ahead, text.length);
    });
    return areTablesTold ? [...meaning, ...absentTables(source, ahead)] : meaning;
  }

  /** A path is looked up when it runs. */
  const absentTables = (source: ts.SourceFile, ahead: number): Remark[] =>
    tablesIn(source).flatMap(({ text, start, end }) =>
      /^[^./]+$/.test(text) && !isKnown(text)
        ? [{ start: start - ahead, end: end - ahead, weight: 'doubt', table: text }]
        : [],
    );

  /** Their names fold case. */
  const isKnown = (name: string): boolean =>
    tables.has(name) || [...tables.keys()].some((known) => known.toLowerCase() === name.toLowerCase());

  function withTable(described: Description, name: string): Description {
    const table = tables.get(name)?.table;
    if (!table) return described;
    const { columns } = table;
    return { ...described, table: { ...table, columns: columns.slice(0, SHOWN), of: columns.length } };
  }

  /** Only what is constant where it was declared can't be assigned to. */
  function assigned(id: ParagraphId, remarks: readonly Remark[], text: string): Remark[] {
    return remarks.flatMap((each) => {
      const name = text.slice(each.start, each.end);
      const owner = order
        .slice(0, order.indexOf(id))
        .findLast((earlier) => texts.get(earlier)?.declared.names.has(name) === true);
      const isConstant = owner !== undefined && texts.get(owner)?.declared.constant.has(name) === true;
      return isConstant ? [{ ...each, message: `Cannot assign to '${name}' because it is a constant.` }] : [];
    });
  }

  function complete(file: string, at: number, clip: (span: ts.TextSpan) => Span): Suggestions {
    const source = service.getProgram()?.getSourceFile(file);
    const literal = source && tableAt(source, at);
    if (literal) return { items: [], table: clip(literal) };
    const info = service.getCompletionsAtPosition(file, at, PREFERENCES);
    const items = (info?.entries ?? []).flatMap((entry) => {
      if (entry.kindModifiers?.includes('deprecated') || entry.kind === 'warning') return [];
      return {
        name: entry.name,
        kind: entry.kind,
        sort: entry.sortText,
        ...(entry.insertText === undefined ? {} : { insert: entry.insertText }),
        ...(entry.replacementSpan ? { replaces: clip(entry.replacementSpan) } : {}),
      };
    });
    return { items };
  }

  return {
    setText(id, text) {
      const known = texts.get(id);
      if (known?.text === text) return false;
      texts.set(id, { text, version: (known?.version ?? 0) + 1, declared: declaredIn(text) });
      frames = undefined;
      return true;
    },
    setOrder(next) {
      order = next;
      const kept = new Set(next);
      for (const id of texts.keys()) if (!kept.has(id)) texts.delete(id);
      files.clear();
      for (const id of next) files.set(fileOf(id), id);
      frames = undefined;
    },
    setTables(next) {
      areTablesTold = true;
      const gone = new Set(tables.keys());
      let isOther = false;
      for (const table of next) {
        const known = tables.get(table.name);
        // Of two of one name the first is meant.
        if (known && !gone.delete(table.name)) continue;
        const text = tableDeclaration(table, taken);
        isOther ||= known?.text !== text;
        if (!known) lastTable += 1;
        const file = known?.file ?? `${TABLES}${lastTable}.d.ts`;
        const version = (known?.version ?? 0) + (known?.text === text ? 0 : 1);
        tables.set(table.name, { table, file, text, version });
        tableFiles.set(file, { text, version });
      }
      for (const name of gone) {
        tableFiles.delete(tables.get(name)?.file ?? '');
        tables.delete(name);
      }
      return isOther || gone.size > 0;
    },
    setForms(declaration) {
      if (fixed.get(FORMS) === declaration) return;
      fixed.set(FORMS, declaration);
      formsVersion += 1;
    },
    answer,
  };
}
