// OpenCode itself, connected as `freerelay connect opencode` does it, through one turn of its tool loop, and
// its settings as they were when it is disconnected.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ToolLoop } from './tool_loop.mjs';

const mine = '{\n  // mine\n  "$schema": "https://opencode.ai/config.json",\n  "share": "disabled",\n}\n';

describe('OpenCode', () => {
  const loop = new ToolLoop();
  let settings;
  before(async () => {
    await loop.begin('write', file => ({ filePath: file, content: 'by a tool' }));
    const folder = join(loop.gateway.variables.XDG_CONFIG_HOME, 'opencode');
    settings = join(folder, 'opencode.json');
    mkdirSync(folder, { recursive: true });
    writeFileSync(settings, mine);
  });
  after(() => loop.end());

  it('is connected, and works with a tool', async () => {
    assert.match(await loop.connect('opencode'), /OpenCode is connected/);
    await loop.writes(
      'made', join(import.meta.dirname, 'node_modules/opencode-linux-x64/bin/opencode'), ['run', 'write the file'],
      { ...loop.gateway.variables, OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' });
  });

  it('has its settings back', async () => {
    await loop.connect('opencode', '--undo');
    assert.equal(readFileSync(settings, 'utf8'), mine);
  });
});
