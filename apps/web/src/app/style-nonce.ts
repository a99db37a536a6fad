/**
 * The nonce that the server wrote into this page: its content policy lets `<style>` elements in that carry it, and no others.
 * Empty with `npm run dev`, where no policy holds.
 */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

/** For Mantine. */
export const styleNonce = (): string => nonce;

// For what keeps the page from scrolling under a dialog: the name that its library, `get-nonce`, looks for.
if (nonce !== '') Object.assign(globalThis, { __webpack_nonce__: nonce });
