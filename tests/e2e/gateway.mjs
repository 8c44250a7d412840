// Starts the program under test in an empty home, with the providers that a test gives it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function untilListening(url, child) {
  while (child.exitCode === null) {
    try {
      await (await fetch(url)).arrayBuffer();
      return;
    } catch {
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
  throw new Error(`freerelay ended with code ${child.exitCode}`);
}

/// `variables` join the otherwise empty environment, `settings` is the text of the settings file. Returns
/// {url, variables, stop}: the variables by which other commands find this gateway.
export async function startGateway(variables = {}, options = [], settings = '') {
  const home = mkdtempSync(join(tmpdir(), 'freerelay-e2e-'));
  const port = await freePort();
  const folders = {
    XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data'), XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'), XDG_RUNTIME_DIR: home,
  };
  mkdirSync(join(folders.XDG_CONFIG_HOME, 'freerelay'), { recursive: true });
  writeFileSync(join(folders.XDG_CONFIG_HOME, 'freerelay/settings.yaml'), settings, { mode: 0o600 });
  const child = spawn(process.env.FREERELAY, ['start', '--headless', '--port', String(port), ...options], {
    cwd: home,
    env: {
      PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: home, ...folders, DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      // what the sanitized builds listen to
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => /^[AUT]+SAN_OPTIONS$/.test(name))),
      ...variables,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilListening(`${url}/health`, child);
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(home, { recursive: true, force: true });
    return child.exitCode;
  };
  return { url, variables: folders, stop };
}
