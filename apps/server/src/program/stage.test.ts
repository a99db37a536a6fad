import { expect, it } from 'vitest';
import { type OnClose, openStage } from './stage.js';

/** Notes what is closed, in its order; those named in `failing` fail to close. */
function closings(failing: readonly string[] = []) {
  const closed: string[] = [];
  const open = (onClose: OnClose, name: string): void =>
    onClose(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      closed.push(name);
      if (failing.includes(name)) throw new Error(`${name} cannot be closed`);
    });
  return { closed, open };
}

it('a stage closes what it opened in reverse order, and a stage within it before what was opened sooner', async () => {
  const { closed, open } = closings();
  const program = await openStage(async (onClose) => {
    open(onClose, 'database');
    const edge = await openStage(async (onCloseOfEdge) => {
      open(onCloseOfEdge, 'http');
      open(onCloseOfEdge, 'readers');
      return { port: 3000 };
    });
    onClose(edge.close);
    return { port: edge.port };
  });
  expect(program.port).toBe(3000);
  await program.close();
  expect(closed).toEqual(['readers', 'http', 'database']);
});

it('a stage that is closed twice closes each thing once, and both calls wait for the end', async () => {
  const { closed, open } = closings();
  const stage = await openStage(async (onClose) => {
    open(onClose, 'database');
    return {};
  });
  await Promise.all([
    stage.close(),
    stage.close().then(() => expect(closed).toEqual(['database'])),
  ]);
  await stage.close();
  expect(closed).toEqual(['database']);
});

it('a stage that fails while it opens closes what was open by then and throws its own error', async () => {
  const { closed, open } = closings(['redis']);
  const opening = openStage(async (onClose) => {
    open(onClose, 'database');
    open(onClose, 'redis');
    throw new Error('the port is in use');
  });
  await expect(opening).rejects.toThrow('the port is in use');
  expect(closed).toEqual(['redis', 'database']);
});

it('a part that cannot be closed does not keep the others open, and its error is thrown at the end', async () => {
  const { closed, open } = closings(['http']);
  const stage = await openStage(async (onClose) => {
    open(onClose, 'database');
    open(onClose, 'http');
    return {};
  });
  await expect(stage.close()).rejects.toThrow('http cannot be closed');
  expect(closed).toEqual(['http', 'database']);
});
