// The official OpenAI SDK, as a user's program would use it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import OpenAI from 'openai';
import { startGateway } from './gateway.mjs';
import { Provider } from './provider.mjs';

const say = content => ({ model: 'freerelay-auto', messages: [{ role: 'user', content }] });
const tools = [{
  type: 'function',
  function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}];

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}
const textOf = chunks => chunks.map(chunk => chunk.choices[0]?.delta?.content ?? '').join('');

describe('with one provider', () => {
  let provider, gateway, client;
  before(async () => {
    provider = await new Provider('the provider').listen();
    gateway = await startGateway({
      FREERELAY_MODE: 'paid', OPENAI_API_KEY: 'sk-e2e', OPENAI_BASE_URL: `${provider.address}/v1` });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'local', maxRetries: 0 });
  });
  after(async () => {
    assert.equal(await gateway.stop(), 0, 'ends cleanly when asked to');
    provider.close();
  });

  it('answers, and says who answered', async () => {
    const { data, response } = await client.chat.completions.create(say('hello')).withResponse();
    assert.equal(data.choices[0].message.content, 'Hello from the provider.');
    assert.equal(data.usage.total_tokens, 8);
    assert.equal(response.headers.get('x-freerelay-provider'), 'openai');
    assert.equal(response.headers.get('x-freerelay-attempts'), '1');
    assert.ok(response.headers.get('x-freerelay-request-id'));
  });

  it('sends the key of the provider, never the one of the client', async () => {
    await client.chat.completions.create(say('hello'));
    assert.equal(provider.requests.at(-1).headers.authorization, 'Bearer sk-e2e');
  });

  it('streams, without usage for a client that did not ask', async () => {
    const chunks = await collect(await client.chat.completions.create({ ...say('hello'), stream: true }));
    assert.equal(textOf(chunks), 'Hello from the provider.');
    assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
    assert.ok(chunks.every(chunk => !chunk.usage));
  });

  it('streams, with usage in the last chunk for a client that asked', async () => {
    const chunks = await collect(await client.chat.completions.create(
      { ...say('hello'), stream: true, stream_options: { include_usage: true } }));
    assert.equal(chunks.at(-1).usage.total_tokens, 8);
    assert.deepEqual(chunks.at(-1).choices, []);
  });

  it('relays a tool call', async () => {
    const reply = await client.chat.completions.create({ ...say('call a tool'), tools });
    const [call] = reply.choices[0].message.tool_calls;
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Oslo' });
    assert.equal(reply.choices[0].finish_reason, 'tool_calls');
  });

  it('relays a streamed tool call', async () => {
    const stream = client.chat.completions.stream({ ...say('call a tool'), tools });
    const [call] = (await stream.finalChatCompletion()).choices[0].message.tool_calls;
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Oslo' });
  });

  it('answers as Responses, and goes on from one that was stored', async () => {
    const first = await client.responses.create({ model: 'freerelay-auto', input: 'hello' });
    assert.equal(first.output_text, 'Hello from the provider.');
    assert.equal(first.usage.total_tokens, 8);
    const second = await client.responses.create({
      model: 'freerelay-auto', input: 'and again', previous_response_id: first.id });
    assert.deepEqual(provider.requests.at(-1).body.messages.map(message => message.content),
      ['hello', 'Hello from the provider.', 'and again']);
    const asked = [];
    for await (const item of client.responses.inputItems.list(second.id, { order: 'asc', limit: 2 })) asked.push(item);
    assert.deepEqual(asked.map(item => item.role), ['user', 'assistant', 'user']);
    assert.deepEqual((await client.responses.retrieve(second.id)).output, second.output);
    await client.responses.delete(second.id);
    await assert.rejects(client.responses.retrieve(second.id), OpenAI.NotFoundError);
  });

  it('streams a Response with a tool, and sends it again', async () => {
    const asked = { model: 'freerelay-auto', input: 'call a tool',
      tools: [{ type: 'function', strict: false, ...tools[0].function }] };
    const stream = client.responses.stream(asked);
    const events = [];
    for await (const event of stream) events.push(event);
    const response = await stream.finalResponse();
    assert.deepEqual(JSON.parse(response.output[0].arguments), { city: 'Oslo' });
    assert.deepEqual(events.map(event => event.sequence_number), events.map((_, index) => index));
    const rest = await collect(await client.responses.retrieve(response.id, { stream: true, starting_after: 2 }));
    assert.deepEqual(rest.map(event => event.type), events.slice(3).map(event => event.type));
  });

  it('makes a Response in the background', async () => {
    let response = await client.responses.create({ model: 'freerelay-auto', input: 'hello', background: true });
    assert.equal(response.status, 'queued');
    while (['queued', 'in_progress'].includes(response.status)) {
      response = await client.responses.retrieve(response.id);
    }
    assert.equal(response.output_text, 'Hello from the provider.');
  });

  it('completes a prompt, whole and streamed', async () => {
    const asked = { model: 'freerelay-auto', prompt: 'hello' };
    const whole = await client.completions.create(asked);
    assert.deepEqual([whole.object, whole.choices[0].text], ['text_completion', 'Hello from the provider.']);
    assert.equal(whole.usage.total_tokens, 8);
    let text = '';
    for await (const chunk of await client.completions.create({ ...asked, suffix: 'bye', stream: true })) {
      text += chunk.choices[0].text;
    }
    assert.equal(text, 'Hello from the provider.');
  });

  it('makes embeddings, as base64 (what the SDK asks for) and as numbers', async () => {
    const asked = { model: 'text-embedding-3-small', input: ['a', 'bcd'] };
    const packed = await client.embeddings.create(asked);
    const numbers = await client.embeddings.create({ ...asked, encoding_format: 'float' });
    assert.deepEqual(numbers.data.map(one => one.embedding[0]), [1, 3]);
    packed.data.forEach(({ index, embedding }) => {
      assert.deepEqual(Array.from(embedding), Array.from(new Float32Array(numbers.data[index].embedding)));
    });
    assert.equal(provider.requests.at(-1).body.model, 'text-embedding-3-small');
  });

  it('hangs up at the provider when the client leaves', async () => {
    const stream = await client.chat.completions.create({ ...say('slow stream'), stream: true });
    for await (const chunk of stream) {
      if (textOf([chunk])) break;
    }
    await provider.aborted;
  });

  it('goes on with a text that breaks off', async () => {
    const chunks = await collect(
      await client.chat.completions.create({ ...say('cut the stream'), stream: true }));
    assert.equal(textOf(chunks), 'Half of an answer.');
    assert.equal(new Set(chunks.map(chunk => chunk.id)).size, 1);
  });

  it('never ends a broken stream in silence', async () => {
    await assert.rejects(async () => collect(
      await client.chat.completions.create({ ...say('cut the stream'), tools, stream: true })));
  });

  it('keeps a 400 a 400, with its reason', async () => {
    await assert.rejects(client.chat.completions.create(say('status 400')), error => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.match(error.message, /simulated 400/);
      return true;
    });
  });

  it('names an unknown model', async () => {
    await assert.rejects(client.chat.completions.create({ ...say('hello'), model: 'no-such-model' }), error => {
      assert.ok(error instanceof OpenAI.NotFoundError);
      assert.equal(error.code, 'model_not_found');
      return true;
    });
  });

  it('refuses a request without messages', async () => {
    await assert.rejects(client.chat.completions.create({ model: 'freerelay-auto', messages: [] }),
      OpenAI.BadRequestError);
  });

  it('lists the models', async () => {
    const names = [];
    for await (const model of client.models.list()) names.push(model.id);
    assert.ok(names.includes('freerelay-auto'));
    assert.equal((await client.models.retrieve('freerelay-auto')).id, 'freerelay-auto');
  });
});

describe('with two providers', () => {
  let first, second, gateway, client;
  before(async () => {
    first = await new Provider('groq').listen();
    second = await new Provider('mistral').listen();
    gateway = await startGateway({
      FREERELAY_MODE: 'free',
      GROQ_API_KEY: 'gsk_e2e', GROQ_BASE_URL: `${first.address}/openai/v1`,
      MISTRAL_API_KEY: 'e2e', MISTRAL_BASE_URL: `${second.address}/v1` });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'local', maxRetries: 0 });
  });
  after(async () => {
    await gateway.stop();
    first.close();
    second.close();
  });

  it('answers 429 with Retry-After when both are out of quota, and recovers', async () => {
    await assert.rejects(client.chat.completions.create(say('status 429')), error => {
      assert.ok(error instanceof OpenAI.RateLimitError);
      assert.ok(Number(error.headers.get('retry-after')) > 0);
      return true;
    });
    assert.ok(first.requests.length > 0 && second.requests.length > 0, 'both were tried');
    const patient = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'local', maxRetries: 10 });
    const reply = await patient.chat.completions.create(say('hello'));
    assert.match(reply.choices[0].message.content, /^Hello from/);
  });

  it('goes to the other one when the first is down', async () => {
    first.close();
    const { data, response } = await client.chat.completions.create(say('hello')).withResponse();
    assert.equal(data.choices[0].message.content, 'Hello from mistral.');
    assert.equal(response.headers.get('x-freerelay-provider'), 'mistral');
  });
});

describe('without any provider', () => {
  let gateway;
  before(async () => { gateway = await startGateway(); });
  after(async () => gateway.stop());

  it('is answered by the demo, which says so', async () => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'local', maxRetries: 0 });
    const { data, response } = await client.chat.completions.create(
      { ...say('hello'), stream: true }).withResponse();
    assert.equal(response.headers.get('x-freerelay-provider'), 'demo');
    assert.ok(textOf(await collect(data)).length > 0);
  });
});
