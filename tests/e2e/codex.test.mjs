// Codex itself, connected as `freerelay connect codex` does it, through turns of its tool loop.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ToolLoop } from './tool_loop.mjs';

const exec = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', 'write the file'];

describe('Codex', () => {
  const loop = new ToolLoop();
  const bin = join(import.meta.dirname, 'node_modules/.bin');
  before(async () => {
    await loop.begin('exec_command', file => ({ cmd: `printf 'by a tool' > ${file}` }));
    loop.env.PATH = `${bin}:${loop.env.PATH}`;
  });
  after(() => loop.end());

  it('works with a tool for one run, without a file', () => loop.writes(
    'launched', process.env.FREERELAY, ['launch', 'codex', ...exec], loop.gateway.variables));

  it('is connected, and works with a tool', async () => {
    assert.match(await loop.connect('codex'), /Codex is connected/);
    await loop.writes('connected', join(bin, 'codex'), exec);
  });
});
