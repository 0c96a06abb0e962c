// SPDX-License-Identifier: MIT
// Opens reports in headless Chromium and looks at them as a reader would, at 1400 and 390 px, in light and dark: where the first finding and
// the first figure stand, that nothing overflows or overlaps, that pictures have pixels; hover, zoom, keyboard, filters, links, print, and no
// scripts. Prints TAP.
//   node report_page.mjs CHROMIUM FOLDER-OF-REPORTS FOLDER-FOR-SCREENSHOTS FIRST-NUMBER
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { coloured, pause } from './browser.mjs';
import { PHONE, WIDE, startPages } from './pages.mjs';

const { send, evaluate, errors, ok, eventually, fileOf, scheme, open, shoot, run } = await startPages('report');

// Each text that a canvas gets, with its box, since the canvas was last cleared.
await send('Page.addScriptToEvaluateOnNewDocument', { source: `(() => {
    const texts = window.canvasTexts = new Map(), own = CanvasRenderingContext2D.prototype, fillText = own.fillText, clearRect = own.clearRect;
    own.clearRect = function (...args) { texts.set(this.canvas, []); return clearRect.apply(this, args); };
    own.fillText = function (text, x, y) {
        const width = this.measureText(text).width, place = this.getTransform().transformPoint({ x, y }), turned = this.getTransform().b !== 0;
        const left = place.x - ({ center: width / 2, right: width, end: width }[this.textAlign] || 0);
        if (!texts.has(this.canvas)) texts.set(this.canvas, []);
        if (text && !turned) texts.get(this.canvas).push({ text, left, right: left + width, y: place.y });
        return fillText.call(this, text, x, y);
    };
})()` });
const CANVAS_TEXTS = `[...canvasTexts].filter(([canvas]) => canvas.isConnected).map(([, list]) => list)`;
const overlapping = (lists) => lists.flatMap((list) => list.flatMap((a, i) => list.slice(i + 1)
    .filter((b) => Math.abs(a.y - b.y) < 9 && a.left < b.right && b.left < a.right).map((b) => [a.text, b.text])));

// Where the first screen's parts stand, what sticks out, which labels lie on each other.
const LAYOUT = `(() => {
    const box = (selector) => { const element = document.querySelector(selector); return element ? element.getBoundingClientRect() : null; };
    const plain = (r) => r && { x: r.x, y: r.y, width: r.width, height: r.height };
    const labels = [...document.querySelectorAll('#bands .axis b')].map((b) => b.getBoundingClientRect());
    const bandRows = [...document.querySelectorAll('#bands .band')].map((b) => b.getBoundingClientRect());
    const meet = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
    const pairs = (list) => list.flatMap((a, i) => list.slice(i + 1).filter((b) => meet(a, b)));
    const parts = (row) => [...row.children].map((c) => c.getBoundingClientRect()).filter((r) => r.width > 0);
    return {
        height: document.documentElement.scrollHeight, over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        finding: plain(box('#findings + div li')), figure: plain(box('#bands')), steps: document.querySelectorAll('details.step').length,
        overlaps: pairs(labels).length + pairs(bandRows).length + [...document.querySelectorAll('#bands .band, .step > summary')].filter((row) => pairs(parts(row)).length).length,
        wide: [...document.querySelectorAll('.wide')].filter((w) => w.checkVisibility() && w.scrollWidth > w.clientWidth + 1).map((w) => w.innerText.slice(0, 60)),
        folded: [...document.querySelectorAll('.step .f1[data-k], .step .f2[data-k]')].filter((f) => { const r = f.getBoundingClientRect(); return !(r.width > 0 && r.left >= 0 && r.right <= innerWidth); }).length,
        mtsc: /mtsc/.test(document.body.innerText),
    };
})()`;

const PAGES = ['tcg_default', 'kvm_smoke', 'bochs_default', 'bochs_kvm', 'bochs_cstates', 'bochs_full', 'three', 'eight', 'groups', 'host', 'damaged', 'empty'];
const HEIGHT_MOST = 8000, STEPS_MOST = 31, FILE_MOST = 400 * 1024, FULL_MOST = 600 * 1024; // the script full has 111 steps

// The first screen of each report, at both widths.
async function checkFirstScreens() {
    for (const name of PAGES)
        for (const size of [WIDE, PHONE]) {
            const what = `${name} at ${size[0]} px`;
            await open(name, size);
            const found = await evaluate(LAYOUT), image = await shoot(`${name}-${size[0]}`);
            ok(found.over <= 0 && !found.mtsc && found.overlaps === 0, `${what}: nothing sticks out, no label on another`, found);
            if (size === WIDE) ok(found.wide.length === 0, `${what}: no table runs off`, found.wide);
            else ok(found.folded === 0, `${what}: p50 and p99 of each step without scrolling sideways`, found.folded);
            if (name === 'empty') continue;
            ok(found.finding && found.finding.y < size[1] * 0.4, `${what}: the first finding is on the first screen, at ${Math.round(found.finding?.y)} px`);
            ok(found.height <= HEIGHT_MOST * Math.max(1, found.steps / STEPS_MOST), `${what}: folded, ${found.steps} steps take ${found.height} px`);
            if (name === 'damaged') continue;
            ok(found.figure && found.figure.y < size[1] * 0.8 && coloured(image, found.figure) > 200,
                `${what}: the first figure is on the first screen, at ${Math.round(found.figure?.y)} px, and has pixels`, found.figure && coloured(image, found.figure));
        }
    for (const name of PAGES) {
        const kib = Math.round(statSync(fileOf(name)).size / 1024), most = name === 'bochs_full' ? FULL_MOST : FILE_MOST;
        ok(kib * 1024 < most || name === 'three', `${name}: one file of ${kib} KiB`);
    }
}

// Opens each step, scrolls past each plot, and counts those whose canvas holds pixels that are not blank.
const COUNT_PLOTS = `(async () => {
    for (const step of document.querySelectorAll('details.step')) step.open = true;
    await new Promise((done) => setTimeout(done, 50));
    for (const div of document.querySelectorAll('.plot')) {
        div.scrollIntoView({ block: 'center' });
        for (let wait = 0; wait < 600 && !div.querySelector('canvas') && !div.hidden && !div.closest('figure').hidden; wait++)
            await new Promise((done) => setTimeout(done, 10));
    }
    await new Promise((done) => setTimeout(done, 50));
    const shown = [...document.querySelectorAll('figure:has(.plot:not([hidden]))')].filter((f) => !f.hidden);
    const drawn = shown.filter((f) => {
        const canvas = f.querySelector('canvas');
        if (!canvas) return false;
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let colours = 0;
        for (let i = 0; i < data.length; i += 4)
            if (data[i + 3] > 40 && Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) colours++;
        return colours > 20;
    });
    return [shown.length, drawn.length, shown.filter((f) => !drawn.includes(f)).map((f) => f.textContent.slice(0, 60))];
})()`;

// A log whose texts are markup: all of it stays text.
async function checkHostile() {
    await open('hostile', WIDE);
    await evaluate(COUNT_PLOTS);
    const found = await evaluate(`[document.title, document.querySelectorAll('img').length, document.querySelectorAll('main b, header b').length,
        document.body.innerText.split('<img src=x').length, document.scripts.length]`);
    ok(found[0] === 'idlelab report' && found[1] === 0 && found[2] === 0 && found[3] > 10 && found[4] === 7, 'markup in a log is text', found);
}

// What is written on the axes: shares stay in 0 to 100 %, percentiles in p0 to p100.
function beyond(lists) {
    return lists.flat().map((t) => t.text).filter((text) => /^-?[\d.]+ %$/.test(text) ? parseFloat(text) < 0 || parseFloat(text) > 100
        : /^p-?[\d.]+$/.test(text) && (parseFloat(text.slice(1)) < 0 || parseFloat(text.slice(1)) > 100));
}

async function checkPlots(name, size) {
    await open(name, size);
    const [shown, drawn, blank] = await evaluate(COUNT_PLOTS);
    ok(shown > 0 && drawn === shown, `${name} at ${size[0]} px: every plot has pixels (${drawn} of ${shown})`, blank);
    const texts = await evaluate(CANVAS_TEXTS);
    ok(overlapping(texts).length === 0 && beyond(texts).length === 0, `${name} at ${size[0]} px: labels of axes lie beside each other, none beyond what there is`,
        [overlapping(texts).slice(0, 5), beyond(texts).slice(0, 5)]);
    return shown;
}

// The lines of a step's first curve in the run of this number.
const CURVE = (step, run) => `(({ runs, curves }) => labData.curves(runs.slice(${run}, ${run} + 1)
    .flatMap((run) => run.steps.filter((s) => s.name === '${step}').map((s) => ({ run, step: s }))), curves)[0].runs[0].lines)(
    JSON.parse(document.getElementById('lab-data').textContent))`;

async function checkThree() {
    const shown = await checkPlots('three', WIDE);
    ok(await evaluate(`document.querySelectorAll('.sweeps canvas').length`) >= 2, 'steps that differ in their interval make curves');
    for (const title of ['length of the wait', 'length of idle, woken by timer', 'Share of the time asleep', 'Power of the package'])
        ok(await evaluate(`[...document.querySelectorAll('figcaption')].some((c) => c.textContent.includes(${JSON.stringify(title)}) && c.parentElement.querySelector('canvas'))`),
            'rows make a curve: ' + title);
    const poll = await evaluate(CURVE('cost_pause', 0));
    ok(poll.length === 2 && poll[0].points.length === 30 && poll[0].points.every(([x, y]) => Math.abs(y - (x < 200000 ? 5000 : 10000)) < 1),
        'the wake curve steps where the log has it', poll);
    const power = await evaluate(CURVE('breakeven', 2)), at = (state, ns) => power.find((l) => l.label.startsWith(state)).points.find((p) => p[0] >= ns)[1];
    ok(at('mwait:0x20', 2e5) > at('mwait:0x01', 2e5) && at('mwait:0x20', 6e5) < at('mwait:0x01', 6e5), 'power crosses where the table says: between 200 and 600 us', power);
    ok(await evaluate(`[...document.querySelectorAll('summary')].some((s) => s.textContent === 'machine.log: breakeven, 5 rows' && s.parentElement.open)`), 'a short table is open');
    ok(await evaluate(`[...document.querySelectorAll('.heat')].some((t) => /CPU 0.*CPU 1.*CPU 2/s.test(t.innerText) && /542 ns/.test(t.innerText))`), 'pairs of CPUs make a heat map');
    ok(await evaluate(`[...document.querySelectorAll('a[href^="#"]')].every((a) => document.getElementById(a.hash.slice(1)))`), 'each link leads somewhere');
    ok(await evaluate(`[...document.querySelectorAll('.sweeps .u-legend .u-marker')].some((m) => m.style.borderStyle === 'dashed' || /dashed/.test(m.style.border))`),
        'the legend tells p99, which is dashed, from p50');
    await checkPointer();
    return shown;
}

async function mouse(type, x, y, buttons = 0) {
    await send('Input.dispatchMouseEvent', { type, x, y, buttons, button: buttons || type === 'mouseReleased' ? 'left' : 'none', clickCount: 1 });
    await pause(20);
}

const press = (key, code) => send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key.length > 1 ? '\r' : key, ...(code && { windowsVirtualKeyCode: code }) })
    .then(() => send('Input.dispatchKeyEvent', { type: 'keyUp', key, ...(code && { windowsVirtualKeyCode: code }) }));

// The first histogram of the page with a floor.
const PLOT = `document.querySelector('#step-wake_hlt_timer_100us .plots figure:not([hidden]) .plot')`;

async function checkPointer() {
    await evaluate(`${PLOT}.scrollIntoView({ block: 'center' })`);
    const [x, y, w, h] = await evaluate(`(() => { const r = ${PLOT}.querySelector('.u-over').getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()`);
    const legend = () => evaluate(`${PLOT}.querySelector('.u-legend').innerText`), caption = () => evaluate(`${PLOT}.parentElement.querySelector('figcaption').textContent`);
    const before = await legend();
    await mouse('mouseMoved', x + w * 0.1, y + h / 2);
    let hovered;
    ok(await eventually(async () => (hovered = await legend()) !== before && /ns|us|ms/.test(hovered)), 'hover shows values', hovered);
    const look = () => evaluate(`${PLOT}.querySelector('canvas').toDataURL()`), whole = await look();
    await mouse('mousePressed', x + w * 0.6, y + h / 2, 1);
    await mouse('mouseMoved', x + w * 0.8, y + h / 2, 1);
    await mouse('mouseMoved', x + w * 0.9, y + h / 2, 1);
    await mouse('mouseReleased', x + w * 0.9, y + h / 2);
    ok(await eventually(async () => await look() !== whole), 'dragging zooms');
    ok(!/floor/.test(await caption()), 'no floor in view, no word of it', await caption());
    await evaluate(`${PLOT}.focus()`);
    await press('0');
    ok(await eventually(async () => await look() === whole), 'the key 0 shows all again');
    for (let zoom = 0; zoom < 6; zoom++) await press('+');
    ok(await eventually(async () => await look() !== whole), 'the key + zooms');
    const texts = await evaluate(CANVAS_TEXTS);
    ok(overlapping(texts).length === 0, 'zoomed far in, labels lie beside each other', overlapping(texts).slice(0, 5));
}

// Filters, links and keys; on the log of the emulator.
async function checkControls() {
    await open('tcg_default', WIDE, '#step-wake_hlt_ipi_uniform_50us_1ms');
    ok(await evaluate(`document.getElementById('step-wake_hlt_ipi_uniform_50us_1ms').open`), 'a link to a step opens it');
    ok(await eventually(() => evaluate(`document.querySelectorAll('#step-wake_hlt_ipi_uniform_50us_1ms canvas').length > 2`)), 'and draws its plots');
    await evaluate(`(() => { const select = document.querySelector('#filters select[name=source]'); select.value = 'ipi'; select.dispatchEvent(new Event('change')); })()`);
    ok(await evaluate(`[...document.querySelectorAll('details.step')].every((s) => (s.getBoundingClientRect().height > 0) === (s.dataset.source === 'ipi'))`), 'a filter leaves the steps that it names');
    ok(/^\d of \d+$/.test(await evaluate(`document.getElementById('shown').textContent`)), 'and says how many');
    ok((await evaluate(`[...document.querySelectorAll('#filters select')].map((s) => s.name).join()`)).startsWith('experiment,method,source,interval'), 'it filters by what the steps differ in');
    await evaluate(`document.querySelector('#bands .band[href="#step-wake_hlt_timer_200us"]').click()`);
    ok(await eventually(() => evaluate(`document.getElementById('step-wake_hlt_timer_200us').open && !document.getElementById('step-wake_hlt_timer_200us').hidden`)),
        'a line of the picture leads to its step, whatever is filtered');
    await evaluate(`document.querySelector('#step-wake_hlt_timer_2ms summary').focus()`);
    await press('Enter', 13);
    ok(await eventually(() => evaluate(`document.getElementById('step-wake_hlt_timer_2ms').open`)), 'a key opens a step');
    const cell = `getComputedStyle([...document.querySelectorAll('#heat td[style]')].sort((a, b) => b.style.getPropertyValue('--b') > a.style.getPropertyValue('--b') ? 1 : -1)[0])`;
    ok(await evaluate(`[...document.querySelectorAll('#heat .choice button')].map((b) => b.textContent).join()`) === 'p50,p99', 'the heat map has a choice');
    await evaluate(`document.querySelectorAll('#heat .choice button')[1].click()`);
    ok(await evaluate(`document.querySelector('#heat .q50').offsetParent === null && document.querySelector('#heat .q99').offsetParent !== null && ${cell}.backgroundColor !== 'rgba(0, 0, 0, 0)'`), 'and shows p99');
    ok(await evaluate(`document.querySelectorAll('#heat td:not(:empty)').length`) === await evaluate(`document.querySelectorAll('details.step[data-method]').length`), 'each wake step has a cell');
    await open('tcg_default', PHONE);
    ok(await evaluate(`!document.querySelector('.menu').open && document.querySelector('.menu').getBoundingClientRect().height < 40`), 'on a phone the filters are a menu');
}

async function checkTrust() {
    await open('bochs_full', WIDE);
    const cells = await evaluate(`[...document.querySelectorAll('#heat .unusable, #bands em, .step .unusable.f1')].map((c) => [c.textContent, getComputedStyle(c).backgroundColor])`);
    ok(cells.length > 10 && cells.every(([text, colour]) => /^± 840 ns, not usable$/.test(text) && colour === 'rgba(0, 0, 0, 0)'), 'a latency below the bound of the clocks is no number and has no colour', cells.slice(0, 3));
    ok(await evaluate(`document.querySelectorAll('#heat .unusable').length`) > 8, 'in the heat map, too');
    ok(await evaluate(`(() => {
        const used = [...document.querySelectorAll('#bands .band')].map((b) => !b.querySelector('em'));
        return used.includes(false) && used.indexOf(false) > used.lastIndexOf(true);
    })()`), 'in the picture of all methods it comes last');
    ok(await evaluate(`[...document.querySelectorAll('#heat thead th')].map((th) => th.textContent).join()`) ===
        'method / interval,10us,31.62us,100us,316.2us,1ms,3.162ms,10ms,31.62ms,100ms,uniform:50us..1ms', 'lengths of idle have the unit that suits them');
    ok(/,31.62us,/.test(await evaluate(`[...document.querySelectorAll('nav option')].map((o) => o.value).join()`)), 'in the filters, too');
    await evaluate(`document.querySelector('.sweeps figure:last-child').scrollIntoView()`);
    ok(await eventually(() => evaluate(`[...document.querySelectorAll('.sweeps figure')].some((f) => /10 points are left out: ± 840 ns, not usable$/.test(f.textContent) && !f.querySelector('canvas'))`)),
        'of a curve without a usable point the caption is left');
    ok(await evaluate(`[...document.querySelectorAll('.sweeps figcaption')].length`) >= 3, 'each method and source that was slept for several lengths has a curve');
    await open('kvm_smoke', WIDE);
    ok(await evaluate(`/^1 more (finding|warning)\\b/m.test(document.body.innerText) && !/^1 more (findings|warnings)/m.test(document.body.innerText)`), 'one more is one');
    ok(await evaluate(`document.querySelector('#step-wake_hlt_ipi_300us .f2').classList.contains('few')`), 'p99 of 60 samples is grey');
    await open('few', WIDE);
    ok(await evaluate(`(() => {
        const cells = [...document.querySelectorAll('#heat td:not(:empty)')], bands = [...document.querySelectorAll('#bands .band')];
        return cells.length > 2 && cells.every((c) => /[,/] 0\\)$/.test(getComputedStyle(c).backgroundColor) && c.querySelector('.q50.few') && c.title) &&
            bands.length > 2 && bands.every((b) => b.matches('.pale[title]') && b.querySelector('.value b.few') && b.querySelector('.value small.few'));
    })()`), 'figures of three samples are grey in heat map and picture, and have no colour');
    await open('tcg_default', WIDE);
    ok(await evaluate(`(() => {
        const table = document.querySelector('#heat'), at = [...table.querySelectorAll('thead th')].findIndex((th) => th.textContent === '20us');
        const row = [...table.querySelectorAll('tbody tr')].find((tr) => tr.cells[0].textContent === 'hlt by timer');
        return at > 0 && !!row.cells[at].querySelector('.q50.few') && [...row.cells].slice(1).some((c) => c.querySelector('.q50:not(.few)'));
    })()`), 'so is that of a step whose samples were rejected for the most part, and no other');
    await evaluate(`document.querySelector('.sweeps').scrollIntoView()`);
    ok(await eventually(() => evaluate(`[...document.querySelectorAll('.sweeps figcaption')].some((c) => /^hlt by timer: .*; 1 doubtful step is left out$/.test(c.textContent))`)), 'a curve leaves it out and says so');
    await open('two', WIDE);
    await evaluate(`document.querySelector('.sweeps').scrollIntoView()`);
    ok(await eventually(() => evaluate(`document.querySelectorAll('.sweeps .u-series .u-label').length > 2`)) &&
        await evaluate(`[...document.querySelectorAll('.sweeps .u-series .u-label')].filter((l) => /^p(50|99)$/.test(l.textContent)).length`) === 0, 'of several logs each line of a curve says which');
    await open('damaged', WIDE);
    ok(await evaluate(`document.querySelector('.result').textContent.startsWith('PASS') && !document.querySelector('.result.pass, .result.fail')`), 'the PASS of a damaged log is not green');
    ok(await evaluate(`/1 of 4 steps without a verdict: \\(unnamed\\): /.test(document.body.innerText)`), 'a step that lost its name is called so');
    ok(await evaluate(`/kept/.test(document.querySelector('#exp-survey .columns').textContent)`), 'two numbers alone have a head, too');
    await open('bochs_cstates', WIDE);
    ok(await evaluate(`/Slowest C-state to leave of those that can be told: hlt by timer/.test(document.body.innerText)`), 'where most states have no usable figure, the slowest is that of the others');
    await open('bochs_kvm', WIDE);
    const quantiles = await evaluate(`(() => {
        const wrong = [];
        let tried = 0;
        for (const run of JSON.parse(document.getElementById('lab-data').textContent).runs)
            for (const step of run.steps)
                for (const metric of step.metrics.filter((m) => m.hist && m.q)) {
                    const said = (labData.quantileOf(metric, 'p50') || [])[1] * metric.factor, drawn = labData.valueAt(metric, 0.5);
                    tried++;
                    if (said > 0 && !(Math.abs(drawn - said) <= 0.05 * said)) wrong.push([step.name, metric.name, said, drawn]);
                }
        return [tried, wrong];
    })()`);
    ok(quantiles[0] > 20 && quantiles[1].length === 0, `what plots draw has the p50 that the tables have, within 5 % (${quantiles[0]} metrics)`, quantiles[1]);
    const lefts = await evaluate(`(() => {
        const point = (n, q) => ({ name: 's' + n, exp: 'wake', args: 'idle=hlt by=ipi interval=' + n + 'us', metrics: [{ name: 'wake_latency', unit: 'ns', factor: 1, bound: 700, q: [['p50', q], ['p99', q * 3]] }] });
        const group = labData.sweeps([{ label: 'x', steps: [point(1, -835), point(2, 400), point(4, 900), point(8, 1000)] }])[0];
        const [, table, caption] = labPlots.sweep(group);
        return [table[1].filter((v) => v != null), caption];
    })()`);
    ok(JSON.stringify(lefts[0]) === '[900,1000]' && /; 3 points are left out: ± 700 ns, not usable$/.test(lefts[1]), 'a curve leaves out what is not usable, and says how many', lefts);
}

async function checkMainTables() {
    await open('bochs_cstates', WIDE);
    ok(await evaluate(`document.querySelector('main section').id === 'cstates' && /C6.*± 400 ns, not usable.*290 us/s.test(document.querySelector('.cstates').innerText)`), 'where C-states were measured, their verdicts are the first table');
    ok(await evaluate(`[...document.querySelectorAll('.rows td')].filter((td) => td.textContent === '± 400 ns, not usable').length`) > 20, 'in the tables of rows a latency below its bound is no number either');
    await open('host', WIDE);
    ok(await evaluate(`/HLT exits/.test(document.querySelector('#host').innerText)`), 'the host\'s counters have a table');
    await open('eight', WIDE);
    ok(await evaluate(`document.querySelectorAll('#side thead th').length`) === 9, 'eight logs are columns of one table');
    ok(await evaluate(`[...document.querySelectorAll('#findings + div li')].every((li) => /8 of 8 runs/.test(li.innerText))`), 'what all say is said once');
    ok(await evaluate(`/^Fastest wake: pause by ipi after 50us, p50 1.54 us to 1.85 us, p99 /.test(document.querySelector('#findings + div li').innerText)`), 'with the range of its figures');
    await evaluate(`document.querySelector('.provenance').open = true`);
    ok(await evaluate(`[...document.querySelectorAll('.provenance table tbody tr td:first-child')].map((td) => td.innerText).join()`) === 'run', 'only the facts that differ have columns');
    await open('groups', WIDE, '#step-wake_hlt_timer_100us');
    ok(await evaluate(`document.querySelectorAll('#side thead th').length`) === 3, 'groups are columns');
    ok(await eventually(() => evaluate(`document.querySelectorAll('#step-wake_hlt_timer_100us .boxes .box').length === 2 && document.querySelectorAll('#step-wake_hlt_timer_100us .boxes .boot').length === 8`)),
        'each has a box over its boots');
    await shoot('groups-step');
    await open('damaged', WIDE);
    ok(await evaluate(`/damaged or incomplete/.test(document.querySelector('header').innerText)`), 'a damaged log is called so at the top');
    await open('empty', WIDE);
    ok(await evaluate(`/There is no run in/.test(document.querySelector('header').innerText)`), 'an empty log, too');
}

async function checkDark() {
    for (const name of ['tcg_default', 'eight'])
        for (const size of [WIDE, PHONE]) {
            await scheme('light');
            await open(name, size);
            const light = (await shoot(`${name}-${size[0]}`)).at(2, 2);
            await scheme('dark');
            await pause(300);
            const found = await evaluate(LAYOUT), image = await shoot(`${name}-${size[0]}-dark`);
            ok(light.every((v) => v > 230) && image.at(2, 2).every((v) => v < 40) && coloured(image, found.figure) > 200 && found.over <= 0, `${name} at ${size[0]} px: dark is dark, and the figure is there`);
        }
    await scheme('');
}

async function checkPaper() {
    await open('tcg_default', WIDE);
    await send('Emulation.setEmulatedMedia', { media: 'print' });
    await evaluate(`dispatchEvent(new Event('beforeprint'))`);
    ok(await evaluate(`[...document.querySelectorAll('main details, .provenance')].every((d) => d.open)`), 'print opens what is folded');
    await evaluate(`dispatchEvent(new Event('afterprint'))`);
    ok(await evaluate(`[...document.querySelectorAll('details.step')].every((d) => !d.open)`), 'and folds it again');
    await send('Emulation.setEmulatedMedia', { media: '' });
}

async function checkWithoutScripts() {
    await send('Emulation.setScriptExecutionDisabled', { value: true });
    await send('Page.navigate', { url: pathToFileURL(fileOf('three')).href });
    await pause(1500);
    const { root } = await send('DOM.getDocument');
    const count = async (selector) => (await send('DOM.querySelectorAll', { nodeId: root.nodeId, selector })).nodeIds.length;
    ok(await count('.static svg .bars[d^=M]') > 10, 'without scripts there are pictures');
    ok(await count('#findings + div li') > 2 && await count('#bands .mid') > 3 && await count('#heat td[style]') > 3, 'and the first screen is whole');
    ok(coloured(await shoot('three-no-scripts'), { x: 0, y: 200, width: 1400, height: 500 }) > 500, 'with colours');
}

async function checkAllPlots() {
    const shown = await checkThree();
    ok(await checkPlots('three', PHONE) === shown, 'a phone shows as many plots');
    for (const name of ['bochs_default', 'kvm_smoke']) await checkPlots(name, WIDE);
}

await run(checkFirstScreens, checkAllPlots, checkHostile, checkControls, checkTrust, checkMainTables, checkDark, checkPaper,
    () => ok(errors.length === 0, 'no console error, nothing fetched', errors), checkWithoutScripts);
