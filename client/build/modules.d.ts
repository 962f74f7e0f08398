/** The address of a worker that is bundled by itself: see `prebuilt.ts`. */
declare module '*?prebuilt' {
  const address: string;
  export default address;
}

declare module 'gondola:declarations' {
  export const language: Readonly<Record<string, string>>;
  export const globals: Readonly<Record<string, string>>;
}

declare module 'monaco-editor/languages/features/typescript/lib/lib' {
  export const libFileMap: Readonly<Record<string, string>>;
}
