import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { backend, resetWorld } from './backend.js';

// What happy-dom leaves out and Mantine asks for.
window.HTMLElement.prototype.scrollIntoView = () => {};
Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
    dispatchEvent: () => false,
  }) as MediaQueryList;

// Machines that test may be busy; and a page printed whole hides what was looked for.
configure({
  asyncUtilTimeout: 30_000,
  getElementError: (message) => new Error(message ?? 'Not found'),
});

beforeAll(() => backend.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  cleanup();
  backend.resetHandlers();
  resetWorld();
  localStorage.clear();
});
afterAll(() => backend.close());
