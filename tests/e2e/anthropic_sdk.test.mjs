// The official Anthropic SDK against a provider that speaks OpenAI chat.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { startGateway } from './gateway.mjs';
import { Provider } from './provider.mjs';

const say = content => ({ model: 'claude-freerelay-auto', max_tokens: 100, messages: [{ role: 'user', content }] });
const tools = [{
  name: 'get_weather', description: 'w', input_schema: { type: 'object', properties: { city: { type: 'string' } } },
}];

describe('with a provider of another dialect', () => {
  let provider, gateway, client;
  before(async () => {
    provider = await new Provider('the provider').listen();
    gateway = await startGateway({
      FREERELAY_MODE: 'paid', OPENAI_API_KEY: 'sk-e2e', OPENAI_BASE_URL: `${provider.address}/v1` });
    client = new Anthropic({ baseURL: gateway.url, apiKey: 'local', maxRetries: 0 });
  });
  after(async () => {
    assert.equal(await gateway.stop(), 0, 'ends cleanly when asked to');
    provider.close();
  });

  it('answers', async () => {
    const message = await client.messages.create(say('hello'));
    assert.equal(message.content[0].text, 'Hello from the provider.');
    assert.equal(message.stop_reason, 'end_turn');
    assert.deepEqual([message.usage.input_tokens, message.usage.output_tokens], [5, 3]);
  });

  it('streams', async () => {
    const message = await client.messages.stream(say('hello')).finalMessage();
    assert.equal(message.content[0].text, 'Hello from the provider.');
    assert.equal(message.usage.output_tokens, 3);
  });

  it('relays a tool call, streamed and whole', async () => {
    const request = { ...say('call a tool'), tools };
    for (const message of [
      await client.messages.create(request), await client.messages.stream(request).finalMessage()]) {
      const call = message.content.find(block => block.type === 'tool_use');
      assert.deepEqual(call.input, { city: 'Oslo' });
      assert.equal(message.stop_reason, 'tool_use');
    }
  });

  it('never ends a broken stream in silence', async () => {
    await assert.rejects(client.messages.stream({ ...say('cut the stream'), tools }).finalMessage());
  });

  it('goes on with a text that breaks off', async () => {
    const message = await client.messages.stream(say('cut the stream')).finalMessage();
    assert.equal(message.content[0].text, 'Half of an answer.');
  });

  it('keeps a 400 a 400, with its reason', async () => {
    await assert.rejects(client.messages.create(say('status 400')), error => {
      assert.ok(error instanceof Anthropic.BadRequestError);
      assert.match(error.message, /simulated 400/);
      return true;
    });
  });

  it('counts tokens and lists models', async () => {
    const { input_tokens: tokens } = await client.messages.countTokens(say('hello'));
    assert.ok(tokens > 0);
    const names = [];
    for await (const model of client.models.list()) names.push(model.id);
    assert.ok(names.includes('claude-freerelay-auto'));
  });
});
