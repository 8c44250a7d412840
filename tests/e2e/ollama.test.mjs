// Ollama's official client against a provider that speaks OpenAI.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Ollama } from 'ollama';
import { startGateway } from './gateway.mjs';
import { Provider } from './provider.mjs';

const model = 'freerelay-auto';
const say = content => ({ model, messages: [{ role: 'user', content }] });
const tools = [{
  type: 'function',
  function: { name: 'get_weather', description: 'w', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}];

describe('as if it were Ollama', () => {
  let provider, gateway, client;
  before(async () => {
    provider = await new Provider('the provider').listen();
    gateway = await startGateway({
      FREERELAY_MODE: 'paid', OPENAI_API_KEY: 'sk-e2e', OPENAI_BASE_URL: `${provider.address}/v1` });
    client = new Ollama({ host: gateway.url });
  });
  after(async () => {
    assert.equal(await gateway.stop(), 0, 'ends cleanly when asked to');
    provider.close();
  });

  it('answers, whole and streamed', async () => {
    const whole = await client.chat(say('hello'));
    assert.equal(whole.message.content, 'Hello from the provider.');
    assert.deepEqual([whole.done, whole.done_reason, whole.eval_count], [true, 'stop', 3]);
    let text = '', last;
    for await (const part of await client.chat({ ...say('hello'), stream: true })) {
      text += part.message.content;
      last = part;
    }
    assert.equal(text, 'Hello from the provider.');
    assert.deepEqual([last.done, last.prompt_eval_count], [true, 5]);
  });

  it('relays a tool call, whole and streamed, and its result', async () => {
    const whole = await client.chat({ ...say('call a tool'), tools });
    assert.deepEqual(whole.message.tool_calls[0].function, { name: 'get_weather', arguments: { city: 'Oslo' } });
    const calls = [];
    for await (const part of await client.chat({ ...say('call a tool'), tools, stream: true })) {
      calls.push(...(part.message.tool_calls ?? []));
    }
    assert.deepEqual(calls, whole.message.tool_calls);
    await client.chat({ model, tools, messages: [
      ...say('hello').messages, whole.message, { role: 'tool', tool_name: 'get_weather', content: 'rain' } ] });
    const [, asked, result] = provider.requests.at(-1).body.messages;
    assert.equal(result.tool_call_id, asked.tool_calls[0].id);
  });

  it('generates and embeds', async () => {
    const text = await client.generate({ model, prompt: 'hello', options: { num_predict: 7 } });
    assert.equal(text.response, 'Hello from the provider.');
    assert.equal(provider.requests.at(-1).body.max_completion_tokens, 7);
    const vectors = await client.embed({ model: 'text-embedding-3-small', input: ['a', 'bcd'] });
    assert.deepEqual(vectors.embeddings.map(vector => vector[0]), [1, 3]);
  });

  it('tells what there is', async () => {
    const { models } = await client.list();
    assert.ok(models.some(one => one.name === model));
    assert.ok((await client.show({ model })).capabilities.includes('tools'));
    assert.deepEqual((await client.ps()).models, []);
  });

  it('says what is wrong, also within a stream', async () => {
    await assert.rejects(client.chat(say('status 400')), /simulated 400/);
    await assert.rejects(async () => {
      for await (const part of await client.chat({ ...say('cut the stream'), tools, stream: true })) void part;
    });
  });
});
