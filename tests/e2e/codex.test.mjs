// Codex itself, connected as `freerelay connect codex` does it, through turns of its tool loop.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startGateway } from './gateway.mjs';
import { Provider } from './provider.mjs';

/// Runs a command once, then says that it is done.
class Writer extends Provider {
  call(body) {
    const isDone = body.messages.some(message => message.role === 'tool');
    const hasTool = body.tools?.some(tool => tool.function.name === 'exec_command');
    return hasTool && !isDone
      ? { name: 'exec_command', args: JSON.stringify({ cmd: `printf 'by a tool' > ${this.file}` }) }
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

const exec = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', 'write the file'];

describe('Codex', () => {
  let provider, gateway, home, env;
  const bin = join(import.meta.dirname, 'node_modules/.bin');
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'freerelay-codex-'));
    mkdirSync(join(home, 'work'));
    provider = await new Writer('the provider').listen();
    gateway = await startGateway({
      FREERELAY_MODE: 'paid', OPENAI_API_KEY: 'sk-e2e', OPENAI_BASE_URL: `${provider.address}/v1` });
    env = { PATH: `${bin}:${process.env.PATH}`, LANG: 'C.UTF-8', HOME: home, TERM: 'dumb' };
  });
  after(async () => {
    assert.equal(await gateway.stop(), 0, 'ends cleanly when asked to');
    provider.close();
    rmSync(home, { recursive: true, force: true });
  });

  const loop = async (program, args, variables) => {
    provider.file = join(home, 'work', `${variables.name}.txt`);
    const { code, out } = await run(program, args, { cwd: join(home, 'work'), env: { ...env, ...variables.env } });
    assert.equal(code, 0, out);
    assert.match(out, /Hello from the provider\./);
    assert.equal(readFileSync(provider.file, 'utf8'), 'by a tool');
    const { messages } = provider.requests.at(-1).body;
    const result = messages.find(message => message.role === 'tool');
    const said = messages.find(message => message.tool_calls);
    assert.equal(result.tool_call_id, said.tool_calls[0].id);
  };

  it('works with a tool for one run, without a file', () => loop(
    process.env.FREERELAY, ['launch', 'codex', ...exec], { name: 'launched', env: gateway.variables }));

  it('is connected, and works with a tool', async () => {
    const { code, out } = await run(
      process.env.FREERELAY, ['connect', 'codex'], { cwd: home, env: { ...env, ...gateway.variables } });
    assert.equal(code, 0, out);
    assert.match(out, /Codex is connected/);
    await loop(join(bin, 'codex'), exec, { name: 'connected', env: {} });
  });
});
