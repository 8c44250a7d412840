// A simulated OpenAI-compatible provider. What it does is written in the last user message:
//   "status 429"       that error (with Retry-After: 2)
//   "slow stream"      a stream that never ends; `aborted` resolves when the connection is closed
//   "call a tool"      one tool call, its arguments in two pieces when streamed
//   "cut the stream"   two frames, then the connection is reset; whoever asks it to go on with
//                      them (the last message but one is the assistant's) gets the rest
// and otherwise the answer "Hello from <name>.".
import { createServer } from 'node:http';

const base = { id: 'chatcmpl-e2e', created: 1700000000, model: 'gpt-4o-mini' };
const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };

function errorBody(status) {
  return { error: { message: `simulated ${status}`, type: 'simulated_error', param: null, code: null } };
}

function toolCall({ name, args }) {
  return { id: 'call_1', type: 'function', function: { name, arguments: args } };
}

export class Provider {
  constructor(name) {
    this.name = name;
    this.requests = [];
    this.aborted = new Promise(resolve => { this.onAbort = resolve; });
    this.server = createServer((request, response) => this.#receive(request, response));
  }

  async listen() {
    await new Promise(resolve => this.server.listen(0, '127.0.0.1', resolve));
    this.address = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #receive(request, response) {
    if (request.method === 'GET') {
      this.#json(response, 200, { object: 'list', data: [] });
      return;
    }
    let text = '';
    for await (const piece of request) text += piece;
    const body = JSON.parse(text);
    this.requests.push({ headers: request.headers, body });
    if (request.url.endsWith('/embeddings')) {
      this.#embed(response, body);
      return;
    }
    const prompt = String(body.messages.at(-1).content);
    const call = this.call(body, prompt);
    const status = Number(/status (\d+)/.exec(prompt)?.[1] ?? 200);
    if (status !== 200) {
      response.setHeader('retry-after', '2');
      this.#json(response, status, errorBody(status));
    } else if (body.stream) {
      this.#stream(request, response, prompt, body, call);
    } else {
      this.#answer(response, call);
    }
  }

  /// The tool to call, {name, args}; null = none. For subclasses.
  call(body, prompt) {
    return prompt.includes('call a tool') ? { name: 'get_weather', args: '{"city":"Oslo"}' } : null;
  }

  /// Vectors of numbers, also when base64 is asked for: not all providers know it.
  #embed(response, body) {
    const texts = [body.input].flat();
    this.#json(response, 200, {
      object: 'list', model: body.model, usage: { prompt_tokens: 2, total_tokens: 2 },
      data: texts.map((text, index) => ({ object: 'embedding', index, embedding: [text.length, 0.1, -0.5] })),
    });
  }

  #json(response, status, value) {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  }

  #answer(response, call) {
    const message = call
      ? { role: 'assistant', content: null, tool_calls: [toolCall(call)] }
      : { role: 'assistant', content: `Hello from ${this.name}.` };
    this.#json(response, 200, {
      ...base, object: 'chat.completion', usage,
      choices: [{ index: 0, message, finish_reason: call ? 'tool_calls' : 'stop' }],
    });
  }

  #stream(request, response, prompt, body, call) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const frame = value => response.write(
      `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', ...value })}\n\n`);
    const delta = (content, reason = null) => frame({
      choices: [{ index: 0, delta: content, finish_reason: reason }] });
    if (prompt.includes('slow stream')) {
      const timer = setInterval(() => delta({ content: 'tick ' }), 20);
      response.on('close', () => { clearInterval(timer); this.onAbort(); });
      return;
    }
    if (body.messages.at(-2)?.content === 'Half of an ans') {
      delta({ role: 'assistant', content: 'an answer.' });
      delta({}, 'stop');
      response.end('data: [DONE]\n\n');
      return;
    }
    if (prompt.includes('cut the stream')) {
      delta({ role: 'assistant', content: 'Half of ' });
      delta({ content: 'an ans' });
      setTimeout(() => request.socket.resetAndDestroy(), 50);
      return;
    }
    if (call) {
      const half = call.args.length / 2;
      delta({ role: 'assistant', tool_calls: [{ index: 0, ...toolCall({ ...call, args: call.args.slice(0, half) }) }] });
      delta({ tool_calls: [{ index: 0, function: { arguments: call.args.slice(half) } }] });
      delta({}, 'tool_calls');
    } else {
      delta({ role: 'assistant', content: 'Hello ' });
      delta({ content: `from ${this.name}.` });
      delta({}, 'stop');
    }
    if (body.stream_options?.include_usage) frame({ choices: [], usage });
    response.end('data: [DONE]\n\n');
  }
}
