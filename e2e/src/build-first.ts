/** The end-to-end tests run what a user runs: the built server and the built web app. Builds only what is stale. */
export async function setup(): Promise<void> {
  const script = new URL('../../scripts/build.mjs', import.meta.url).href;
  const { build } = (await import(script)) as { build(): Promise<boolean> };
  if (!(await build())) throw new Error('The build failed; the messages above say where.');
}
