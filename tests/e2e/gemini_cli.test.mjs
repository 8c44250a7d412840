// Gemini CLI itself, connected as `freerelay connect gemini` does it, through one turn of its tool loop.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startGateway } from './gateway.mjs';
import { Provider } from './provider.mjs';

/// Calls write_file once, then says that it is done.
class Writer extends Provider {
  call(body) {
    const isDone = body.messages.some(message => message.role === 'tool');
    const hasTool = body.tools?.some(tool => tool.function.name === 'write_file');
    return hasTool && !isDone
      ? { name: 'write_file', args: JSON.stringify({ file_path: this.path, content: 'by a tool' }) }
      : null;
  }
}

/// Resolves to {code, out}.
function run(program, args, options) {
  return new Promise(resolve => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', bytes => { out += bytes; });
    child.stderr.on('data', bytes => { out += bytes; });
    child.on('exit', code => resolve({ code, out }));
  });
}

describe('Gemini CLI', () => {
  let provider, gateway, home, env;
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'freerelay-gemini-'));
    mkdirSync(join(home, 'work'));
    provider = await new Writer('the provider').listen();
    provider.path = join(home, 'work', 'made.txt');
    gateway = await startGateway({
      FREERELAY_MODE: 'paid', OPENAI_API_KEY: 'sk-e2e', OPENAI_BASE_URL: `${provider.address}/v1` });
    env = { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: home, TERM: 'xterm-256color',
      GEMINI_CLI_TRUST_WORKSPACE: 'true' };
  });
  after(async () => {
    assert.equal(await gateway.stop(), 0, 'ends cleanly when asked to');
    provider.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('is connected', async () => {
    const { code, out } = await run(
      process.env.FREERELAY, ['connect', 'gemini'], { cwd: home, env: { ...env, ...gateway.variables } });
    assert.equal(code, 0, out);
    assert.match(out, /Gemini CLI is connected/);
  });

  it('works with a tool', async () => {
    const { code, out } = await run(
      process.execPath,
      [join(import.meta.dirname, 'node_modules/@google/gemini-cli/bundle/gemini.js'),
        '--prompt', 'write the file', '--approval-mode', 'yolo'],
      { cwd: join(home, 'work'), env });
    assert.equal(code, 0, out);
    assert.match(out, /Hello from the provider\./);
    assert.equal(readFileSync(provider.path, 'utf8'), 'by a tool');
    const { messages } = provider.requests.at(-1).body;
    const result = messages.find(message => message.role === 'tool');
    const said = messages.find(message => message.tool_calls);
    assert.equal(result.tool_call_id, said.tool_calls[0].id);
  });
});
