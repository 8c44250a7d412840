// Gemini CLI itself, connected as `freerelay connect gemini` does it, through one turn of its tool loop.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ToolLoop } from './tool_loop.mjs';

describe('Gemini CLI', () => {
  const loop = new ToolLoop();
  before(() => loop.begin('write_file', file => ({ file_path: file, content: 'by a tool' })));
  after(() => loop.end());

  it('is connected, and works with a tool', async () => {
    assert.match(await loop.connect('gemini'), /Gemini CLI is connected/);
    await loop.writes(
      'made', process.execPath,
      [join(import.meta.dirname, 'node_modules/@google/gemini-cli/bundle/gemini.js'),
        '--prompt', 'write the file', '--approval-mode', 'yolo'],
      { TERM: 'xterm-256color', GEMINI_CLI_TRUST_WORKSPACE: 'true' });
  });
});
