/** Made by `build.ts`. */
declare module 'virtual:land' {
  /** A topology (TopoJSON) whose one object is `land`. */
  const land: object;
  export default land;
}
