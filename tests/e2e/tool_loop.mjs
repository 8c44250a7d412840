// One turn of a tool's loop: the provider asks for a file to be written, the tool writes it and says so.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from './gateway.mjs';
import { Provider } from './provider.mjs';

/// Resolves to {code, out}.
export function run(program, args, options) {
  return new Promise(resolve => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', bytes => { out += bytes; });
    child.stderr.on('data', bytes => { out += bytes; });
    child.on('exit', code => resolve({ code, out }));
  });
}

/// Calls a tool once, then says that it is done.
export class Writer extends Provider {
  call(body) {
    const isDone = body.messages.some(message => message.role === 'tool');
    const hasTool = body.tools?.some(tool => tool.function.name === this.tool);
    return hasTool && !isDone ? { name: this.tool, args: JSON.stringify(this.args(this.file)) } : null;
  }
}

/// A gateway in front of a provider that calls `tool` with `args(file)`, and a home for the program that
/// brings this tool.
export class ToolLoop {
  async begin(tool, args) {
    this.home = mkdtempSync(join(tmpdir(), 'freerelay-tool-'));
    this.work = join(this.home, 'work');
    mkdirSync(this.work);
    this.provider = Object.assign(await new Writer('the provider').listen(), { tool, args });
    this.gateway = await startGateway({
      FREERELAY_MODE: 'paid', OPENAI_API_KEY: 'sk-e2e', OPENAI_BASE_URL: `${this.provider.address}/v1` });
    this.env = { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: this.home, TERM: 'dumb' };
  }

  async end() {
    assert.equal(await this.gateway.stop(), 0, 'ends cleanly when asked to');
    this.provider.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  /// As `freerelay connect NAME …` does it; what it says.
  async connect(...args) {
    const { code, out } = await run(
      process.env.FREERELAY, ['connect', ...args], { cwd: this.home, env: { ...this.env, ...this.gateway.variables } });
    assert.equal(code, 0, out);
    return out;
  }

  /// Runs the program, which is asked to write the file.
  async writes(file, program, args, variables = {}) {
    this.provider.file = join(this.work, file);
    const { code, out } = await run(program, args, { cwd: this.work, env: { ...this.env, ...variables } });
    assert.equal(code, 0, out);
    assert.match(out, /Hello from the provider\./);
    assert.equal(readFileSync(this.provider.file, 'utf8'), 'by a tool');
    const { messages } = this.provider.requests.findLast(({ body }) => body.messages.some(isResult)).body;
    const said = messages.find(message => message.tool_calls);
    assert.equal(messages.find(isResult).tool_call_id, said.tool_calls[0].id);
  }
}

function isResult(message) {
  return message.role === 'tool';
}
