// SPDX-License-Identifier: MIT
// Headless Chromium by the DevTools protocol, and its screenshots as pixels.
import { spawn } from 'node:child_process';
import { inflateSync } from 'node:zlib';

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function startBrowser(chromium) {
    const process = spawn(chromium, ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe', 'about:blank'],
        { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const waiting = new Map(), errors = [];
    let nextId = 1, held = '', sessionId;

    // Over pipes messages end in NUL.
    process.stdio[4].on('data', (bytes) => {
        held += bytes;
        for (let end = held.indexOf('\0'); end >= 0; end = held.indexOf('\0')) {
            const message = JSON.parse(held.slice(0, end));
            held = held.slice(end + 1);
            if (message.id) waiting.get(message.id)(message);
            else if (message.method === 'Runtime.exceptionThrown') errors.push(JSON.stringify(message.params.exceptionDetails).slice(0, 300));
            else if (message.method === 'Log.entryAdded' && message.params.entry.level === 'error') errors.push(message.params.entry.text);
            else if (message.method === 'Runtime.consoleAPICalled' && message.params.type === 'error') errors.push('console.error');
            else if (message.method === 'Network.requestWillBeSent' && !message.params.request.url.startsWith('file:')) errors.push('fetched ' + message.params.request.url);
        }
    });

    function send(method, params = {}) {
        const id = nextId++;
        process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
        return new Promise((resolve, reject) => waiting.set(id, (message) =>
            (message.error ? reject(new Error(method + ': ' + message.error.message)) : resolve(message.result))));
    }

    async function evaluate(expression) {
        const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
    }

    const { targetInfos } = await send('Target.getTargets');
    sessionId = (await send('Target.attachToTarget', { targetId: targetInfos.find((t) => t.type === 'page').targetId, flatten: true })).sessionId;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(domain + '.enable');
    return { send, evaluate, errors, stop: () => new Promise((resolve) => { process.on('exit', resolve); process.kill(); }) };
}

// A PNG of 8-bit RGB or RGBA, not interlaced, as Chromium makes them: {width, height, at: (x, y) => [r, g, b]}.
export function pixelsOf(png) {
    const width = png.readUInt32BE(16), height = png.readUInt32BE(20), size = png[25] === 6 ? 4 : 3, line = width * size;
    const parts = [];
    for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
        if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
    const packed = inflateSync(Buffer.concat(parts)), out = Buffer.alloc(line * height);
    for (let y = 0; y < height; y++)
        for (let i = 0; i < line; i++) {
            const left = i >= size ? out[y * line + i - size] : 0, above = y ? out[(y - 1) * line + i] : 0;
            const corner = y && i >= size ? out[(y - 1) * line + i - size] : 0, guess = left + above - corner;
            const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
            const paeth = a <= b && a <= c ? left : b <= c ? above : corner;
            out[y * line + i] = packed[y * (line + 1) + 1 + i] + [0, left, above, (left + above) >> 1, paeth][packed[y * (line + 1)]];
        }
    return { width, height, at: (x, y) => [...out.subarray(y * line + x * size, y * line + x * size + 3)] };
}

// How many pixels of a rectangle have a colour, and how bright its corner is.
export function coloured({ at, width, height }, box) {
    let count = 0;
    for (let y = Math.max(0, Math.floor(box.y)); y < Math.min(height, box.y + box.height); y++)
        for (let x = Math.max(0, Math.floor(box.x)); x < Math.min(width, box.x + box.width); x++) {
            const rgb = at(x, y);
            count += Math.max(...rgb) - Math.min(...rgb) > 50;
        }
    return count;
}
