// SPDX-License-Identifier: MIT
// Opens a report in headless Chromium and looks at it as a reader would: no console error, every plot has
// drawn pixels, hover shows values, dragging and the keyboard zoom, a phone's width has no sideways scroll,
// dark differs from light, without scripts there are pictures. Prints TAP.
//   node report_page.mjs CHROMIUM REPORT.html SCREENSHOT.png
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , chromium, page, screenshot] = process.argv;
const browser = spawn(chromium, ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe', 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const waiting = new Map(), errors = [];
let nextId = 1, held = '';

// The DevTools protocol over pipes: messages end in NUL.
browser.stdio[4].on('data', (bytes) => {
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

let sessionId;
function send(method, params = {}) {
    const id = nextId++;
    browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
    return new Promise((resolve, reject) => waiting.set(id, (message) =>
        (message.error ? reject(new Error(method + ': ' + message.error.message)) : resolve(message.result))));
}

async function evaluate(expression) {
    const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
}

// A busy machine takes its time: until the condition holds, for 20 s at most.
async function eventually(condition) {
    for (let wait = 0; wait < 400; wait++) {
        if (await condition()) return true;
        await pause(50);
    }
    return condition();
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let number = 0, failed = false;
function ok(condition, name, note) {
    console.log(`${condition ? 'ok' : 'not ok'} ${++number} - ${name}`);
    if (!condition) { failed = true; if (note !== undefined) console.log('# ' + JSON.stringify(note)); }
}

async function open(width, height) {
    await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 500 });
    await send('Page.navigate', { url: pathToFileURL(page).href });
    // A busy machine takes seconds to load it; until then the page before answers.
    for (let wait = 0; wait < 300 && !await evaluate("location.protocol === 'file:' && document.readyState === 'complete'").catch(() => false); wait++)
        await pause(100);
    await pause(300);
}

// Scrolls past every plot, then counts those whose canvas holds pixels that are not blank.
const COUNT_PLOTS = `(async () => {
    for (const div of document.querySelectorAll('.plot')) {
        div.scrollIntoView({ block: 'center' });
        for (let wait = 0; wait < 600 && !div.querySelector('canvas') && !div.closest('figure').hidden; wait++)
            await new Promise((done) => setTimeout(done, 30));
    }
    const shown = [...document.querySelectorAll('figure')].filter((f) => !f.hidden);
    const drawn = shown.filter((f) => {
        const canvas = f.querySelector('canvas');
        if (!canvas) return false;
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let colours = 0;
        for (let i = 0; i < data.length; i += 4)
            if (data[i + 3] > 40 && Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) colours++;
        return colours > 30;
    });
    return [shown.length, drawn.length, shown.filter((f) => !drawn.includes(f)).map((f) => f.textContent.slice(0, 60))];
})()`;

// The lines of a step's first curve in the run of this number.
const CURVE = (step, run) => `(({ runs, curves }) => labData.curves(runs.slice(${run}, ${run} + 1)
    .flatMap((run) => run.steps.filter((s) => s.name === '${step}').map((s) => ({ run, step: s }))), curves)[0].runs[0].lines)(
    JSON.parse(document.getElementById('lab-data').textContent))`;

async function mouse(type, x, y, buttons = 0) {
    await send('Input.dispatchMouseEvent', { type, x, y, buttons, button: buttons || type === 'mouseReleased' ? 'left' : 'none', clickCount: 1 });
    await pause(40);
}

const FIRST = `document.querySelector('section .plot .u-over')`;
const LEGEND = `document.querySelector('section .plot .u-legend').innerText`;

async function checkPointer() {
    await evaluate(`${FIRST}.scrollIntoView({ block: 'center' })`);
    await pause(100);
    const box = await evaluate(`(() => { const r = ${FIRST}.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()`);
    const [x, y, w, h] = box, before = await evaluate(LEGEND);
    await mouse('mouseMoved', x + w * 0.1, y + h / 2);
    let hovered;
    ok(await eventually(async () => (hovered = await evaluate(LEGEND)) !== before && /ns|us|ms/.test(hovered)), 'hover shows values', hovered);
    const shot = () => evaluate(`document.querySelector('section .plot canvas').toDataURL()`);
    const whole = await shot();
    await mouse('mousePressed', x + w * 0.05, y + h / 2, 1);
    await mouse('mouseMoved', x + w * 0.2, y + h / 2, 1);
    await mouse('mouseMoved', x + w * 0.4, y + h / 2, 1);
    await mouse('mouseReleased', x + w * 0.4, y + h / 2);
    ok(await eventually(async () => await shot() !== whole), 'dragging zooms');
    await evaluate(`document.querySelector('section .plot').focus()`);
    await send('Input.dispatchKeyEvent', { type: 'keyDown', key: '0', text: '0' });
    ok(await eventually(async () => await shot() === whole), 'the key 0 shows all again');
    await send('Input.dispatchKeyEvent', { type: 'keyDown', key: '+', text: '+' });
    ok(await eventually(async () => await shot() !== whole), 'the key + zooms');
}

async function main() {
    const { targetInfos } = await send('Target.getTargets');
    const target = targetInfos.find((t) => t.type === 'page');
    sessionId = (await send('Target.attachToTarget', { targetId: target.targetId, flatten: true })).sessionId;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(domain + '.enable');
    console.log('TAP version 13');
    await open(1280, 900);
    const [shown, drawn, blank] = await evaluate(COUNT_PLOTS);
    ok(shown > 0 && drawn === shown, `every plot has pixels (${drawn} of ${shown})`, blank);
    ok(await evaluate(`[...document.querySelectorAll('#sweeps canvas')].length`) >= 2, 'steps that differ in their interval make curves');
    for (const title of ['length of the wait', 'length of idle, woken by timer', 'Share of the time asleep', 'Power of the package'])
        ok(await evaluate(`[...document.querySelectorAll('figcaption')].some((c) => c.textContent.includes(${JSON.stringify(title)}) && c.parentElement.querySelector('canvas'))`),
            'rows make a curve: ' + title);
    const poll = await evaluate(CURVE('cost_pause', 0));
    ok(poll.length === 2 && poll[0].points.length === 30 && poll[0].points.every(([x, y]) => Math.abs(y - (x < 200000 ? 5000 : 10000)) < 1),
        'the wake curve steps where the log has it', poll);
    const power = await evaluate(CURVE('breakeven', 2)), at = (name, ns) => power.find((l) => l.label.startsWith(name)).points.find((p) => p[0] >= ns)[1];
    ok(at('mwait:0x20', 2e5) > at('mwait:0x01', 2e5) && at('mwait:0x20', 6e5) < at('mwait:0x01', 6e5), 'power crosses where the table says: between 200 and 600 us', power);
    ok(await evaluate(`[...document.querySelectorAll('summary')].some((s) => s.textContent === 'machine.log: breakeven, 5 rows' && s.parentElement.open)`), 'a short table is open');
    ok(await evaluate(`[...document.querySelectorAll('.heat')].some((t) => /CPU 0.*CPU 1.*CPU 2/s.test(t.innerText) && /542 ns/.test(t.innerText))`),
        'pairs of CPUs make a heat map');
    ok(await evaluate(`[...document.querySelectorAll('h3 + .wide a')].every((a) => document.getElementById(a.hash.slice(1)))`), 'each step of the table leads to its section');
    await checkPointer();
    await evaluate(`document.querySelector('section:has(.u-over)').scrollIntoView()`);
    await pause(300);
    const image = await send('Page.captureScreenshot', { format: 'png' });
    writeFileSync(screenshot, Buffer.from(image.data, 'base64'));
    const light = await evaluate(`getComputedStyle(document.body).backgroundColor`);
    await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
    ok(await eventually(async () => await evaluate(`getComputedStyle(document.body).backgroundColor`) !== light), 'dark is dark');
    await send('Emulation.setEmulatedMedia', { features: [] });
    await open(390, 844);
    const [phoneShown, phoneDrawn, phoneBlank] = await evaluate(COUNT_PLOTS);
    ok(phoneShown === shown && phoneDrawn === shown, 'every plot has pixels at 390 px', [phoneShown, phoneDrawn, phoneBlank]);
    const over = await evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`);
    ok(over <= 0, 'no sideways scroll at 390 px', over);
    ok(errors.length === 0, 'no console error, nothing fetched', errors);
    await send('Emulation.setScriptExecutionDisabled', { value: true });
    await open(1280, 900);
    const { root } = await send('DOM.getDocument');
    const { nodeIds } = await send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: '.static svg rect' });
    ok(nodeIds.length > 10, 'without scripts there are pictures', nodeIds.length);
    console.log('1..' + number);
}

try {
    await main();
} catch (error) {
    console.log('not ok ' + (number + 1) + ' - ' + error.message + '\n1..' + (number + 1));
    failed = true;
}
browser.kill();
process.exit(failed ? 1 : 0);
