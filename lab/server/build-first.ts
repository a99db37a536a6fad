/** The end-to-end tests run what a user runs: the built server and the built web app. Builds only what is stale. */
export async function setup(): Promise<void> {
  const script = new URL('../../scripts/build.mjs', import.meta.url).href;
  const { build } = (await import(script)) as { build(): Promise<boolean> };
  // Vitest says "test", which would make Vite take React's development build.
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    if (!(await build())) throw new Error('The build failed; the messages above say where.');
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
}
