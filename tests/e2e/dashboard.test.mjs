// The dashboard in a real browser: it shows figures, and the browser has nothing to complain about.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startGateway } from './gateway.mjs';

/// A headless Chromium, driven by its DevTools protocol over pipes.
class Browser {
  #home = mkdtempSync(join(tmpdir(), 'freerelay-browser-'));
  #waiting = new Map();
  #id = 0;
  events = [];

  async start() {
    // As root (in containers) Chromium has no sandbox to offer; it opens our own page only.
    this.child = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
      '--disable-background-networking', '--no-first-run', '--remote-debugging-pipe',
      `--user-data-dir=${this.#home}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: this.#home } });
    this.child.on('exit', code => this.#fail(new Error(`chromium ended with code ${code}`)));
    this.child.stdio[3].on('error', error => this.#fail(error));
    let read = '';
    this.child.stdio[4].setEncoding('utf8').on('data', data => {
      const messages = (read + data).split('\0');
      read = messages.pop();
      for (const message of messages) this.#take(JSON.parse(message));
    });
    const { targetInfos } = await this.send('Target.getTargets');
    const { targetId } = targetInfos.find(target => target.type === 'page');
    ({ sessionId: this.session } = await this.send('Target.attachToTarget', { targetId, flatten: true }));
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.send(`${domain}.enable`);
    return this;
  }

  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #take(message) {
    if (!message.id) {
      this.events.push(message);
      this.onEvent?.(message);
      return;
    }
    const { resolve, reject } = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    message.error ? reject(new Error(message.error.message)) : resolve(message.result);
  }

  send(method, params = {}) {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: this.session })}\0`);
    });
  }

  async open(url) {
    this.events.length = 0;
    const loaded = new Promise(resolve => {
      this.onEvent = event => event.method === 'Page.loadEventFired' && resolve();
    });
    await this.send('Page.navigate', { url });
    await loaded;
  }

  async evaluate(expression) {
    const { result } = await this.send('Runtime.evaluate', { expression, returnByValue: true });
    return result.value;
  }

  complaints() {
    const bad = ['Runtime.exceptionThrown', 'Runtime.consoleAPICalled', 'Log.entryAdded', 'Network.loadingFailed'];
    return this.events.filter(event => bad.includes(event.method)).map(event => JSON.stringify(event.params));
  }

  async stop() {
    if (this.child.exitCode === null) {
      this.child.removeAllListeners('exit');
      const ended = new Promise(resolve => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }
}

describe('the dashboard', () => {
  let gateway, browser;
  before(async () => {
    gateway = await startGateway({}, ['--demo']);
    for (let i = 0; i < 5; ++i) {
      await (await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'tool/1.0 <script>document.title=1</script>' },
        body: JSON.stringify({ model: 'freerelay-auto', messages: [{ role: 'user', content: 'hello' }] }),
      })).text();
    }
    browser = await new Browser().start();
  });
  after(async () => {
    await browser?.stop();
    assert.equal(await gateway.stop(), 0, 'ends cleanly when asked to');
  });

  it('shows the figures, and the browser finds nothing wrong', async () => {
    let requests = '';
    for (let i = 0; i < 20 && requests !== '5'; ++i) {
      await browser.open(`${gateway.url}/dashboard?window=1h`);
      requests = await browser.evaluate("document.querySelector('.tiles b').textContent");
      if (requests !== '5') await new Promise(resolve => setTimeout(resolve, 300));
    }
    assert.equal(requests, '5');
    assert.deepEqual(browser.complaints(), []);
    assert.equal(await browser.evaluate("document.querySelectorAll('figure > svg').length"), 3);
    assert.ok(await browser.evaluate("document.querySelector('path.c0').getBBox().height > 1"), 'there are bars');
    assert.equal(await browser.evaluate("getComputedStyle(document.querySelector('figure')).borderTopStyle"), 'solid',
      'its stylesheet is in force');
  });

  it('asks for nothing but itself', async () => {
    await browser.open(`${gateway.url}/dashboard`);
    const asked = browser.events.filter(event => event.method === 'Network.requestWillBeSent')
      .map(event => new URL(event.params.request.url));
    assert.deepEqual([...new Set(asked.map(url => url.origin + url.pathname))], [`${gateway.url}/dashboard`]);
  });

  it('runs nothing that a client sent', async () => {
    await browser.open(`${gateway.url}/dashboard?window=1h`);
    assert.ok((await browser.evaluate('document.body.textContent')).includes('tool'));
    assert.equal(await browser.evaluate("document.querySelectorAll('script').length"), 0);
    assert.equal(await browser.evaluate('document.title'), 'FreeRelay');
  });

  it('is no blank page, in light and in dark', async () => {
    const shots = [];
    await browser.open('about:blank');
    const blank = (await browser.send('Page.captureScreenshot')).data.length;
    for (const value of ['light', 'dark']) {
      await browser.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
      await browser.open(`${gateway.url}/dashboard?window=1h`);
      shots.push((await browser.send('Page.captureScreenshot')).data);
    }
    assert.ok(shots[0].length > 3 * blank && shots[1].length > 3 * blank);
    assert.notEqual(shots[0], shots[1]);
    if (process.env.FREERELAY_SHOTS) {
      const { writeFileSync } = await import('node:fs');
      shots.forEach((shot, i) => writeFileSync(join(process.env.FREERELAY_SHOTS, `dashboard${i}.png`), shot, 'base64'));
    }
  });
});
