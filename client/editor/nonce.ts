/**
 * Monaco writes `<style>` elements and knows no nonce, which the page's content policy asks for. So elements of that one
 * name get the nonce that the server put into the page. Returns the way back.
 */
export function giveNonce(document: Document): () => void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  if (!nonce) return () => {};
  const create = document.createElement;
  document.createElement = function createElement(this: Document, name: string, options?: ElementCreationOptions) {
    const element: HTMLElement = create.call(this, name, options);
    if (element.localName === 'style') element.nonce = nonce;
    return element;
  } as Document['createElement'];
  return () => {
    document.createElement = create;
  };
}
