// Google's Gen AI SDK against a provider that speaks OpenAI chat.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiError, GoogleGenAI } from '@google/genai';
import { startGateway } from './gateway.mjs';
import { Provider } from './provider.mjs';

const say = (contents, config = {}) => ({ model: 'freerelay-auto', contents, config });
const tools = [{
  functionDeclarations: [{
    name: 'get_weather', description: 'w', parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } } },
  }],
}];

describe('with a provider of another dialect', () => {
  let provider, gateway, models;
  before(async () => {
    provider = await new Provider('the provider').listen();
    gateway = await startGateway({
      FREERELAY_MODE: 'paid', FREERELAY_API_KEY: 'key-of-the-gateway',
      OPENAI_API_KEY: 'sk-e2e', OPENAI_BASE_URL: `${provider.address}/v1` });
    ({ models } = new GoogleGenAI({
      apiKey: 'key-of-the-gateway', httpOptions: { baseUrl: gateway.url } }));
  });
  after(async () => {
    assert.equal(await gateway.stop(), 0, 'ends cleanly when asked to');
    provider.close();
  });

  async function streamed(request) {
    const pieces = [];
    for await (const piece of await models.generateContentStream(request)) pieces.push(piece);
    return pieces;
  }

  it('answers', async () => {
    const reply = await models.generateContent(say('hello'));
    assert.equal(reply.text, 'Hello from the provider.');
    assert.equal(reply.candidates[0].finishReason, 'STOP');
    assert.deepEqual([reply.usageMetadata.promptTokenCount, reply.usageMetadata.candidatesTokenCount], [5, 3]);
  });

  it('streams', async () => {
    const pieces = await streamed(say('hello'));
    assert.equal(pieces.map(piece => piece.text ?? '').join(''), 'Hello from the provider.');
    assert.equal(pieces.at(-1).candidates[0].finishReason, 'STOP');
    assert.equal(pieces.at(-1).usageMetadata.totalTokenCount, 8);
  });

  it('relays a tool call, streamed and whole, and takes its result', async () => {
    const request = say('call a tool', { tools });
    const whole = await models.generateContent(request);
    const [call] = whole.functionCalls;
    assert.deepEqual([call.name, call.args], ['get_weather', { city: 'Oslo' }]);
    const last = (await streamed(request)).at(-1);
    assert.deepEqual(last.functionCalls[0].args, { city: 'Oslo' });
    const told = await models.generateContent(say([
      { role: 'user', parts: [{ text: 'call a tool' }] },
      whole.candidates[0].content,
      { role: 'user', parts: [{ functionResponse: { id: call.id, name: call.name, response: { output: 'rain' } } }] },
    ], { tools }));
    assert.equal(told.text, 'Hello from the provider.');
    const [said, result] = provider.requests.at(-1).body.messages.slice(-2);
    assert.equal(said.tool_calls[0].id, result.tool_call_id);
    assert.equal(result.content, 'rain');
  });

  it('never ends a broken stream in silence', async () => {
    await assert.rejects(streamed(say('cut the stream', { tools })));
  });

  it('goes on with a text that breaks off', async () => {
    const pieces = await streamed(say('cut the stream'));
    assert.equal(pieces.map(piece => piece.text ?? '').join(''), 'Half of an answer.');
  });

  it('keeps a 400 a 400, with its reason', async () => {
    await assert.rejects(models.generateContent(say('status 400')), error => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.status, 400);
      assert.match(error.message, /simulated 400/);
      return true;
    });
  });

  it('wants the gateway’s key', async () => {
    const stranger = new GoogleGenAI({ apiKey: 'another', httpOptions: { baseUrl: gateway.url } });
    await assert.rejects(stranger.models.generateContent(say('hello')), error => error.status === 401);
  });

  it('counts tokens and lists models', async () => {
    const { totalTokens } = await models.countTokens({ model: 'freerelay-auto', contents: 'hello there' });
    assert.ok(totalTokens > 0);
    const names = [];
    for await (const model of await models.list()) names.push(model.name);
    assert.ok(names.includes('models/freerelay-auto'));
    assert.equal((await models.get({ model: 'freerelay-auto' })).name, 'models/freerelay-auto');
  });
});
