/** Made by `build.ts`. */
declare module 'virtual:frame' {
  /** Address of the document that frames show. */
  export const frame: string;
  /** Address of the script that draws charts. */
  export const painter: string;
}
