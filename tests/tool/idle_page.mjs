// SPDX-License-Identifier: MIT
// Opens reports of recorded Linuxes in headless Chromium at 1400 and 390 px, in light and dark: nothing sticks out or overlaps, pictures have
// pixels and are as high as the rows say. Prints TAP.
//   node idle_page.mjs CHROMIUM FOLDER-OF-REPORTS FOLDER-FOR-SCREENSHOTS FIRST-NUMBER
import { readFileSync, statSync } from 'node:fs';
import { coloured } from './browser.mjs';
import { PHONE, WIDE, startPages } from './pages.mjs';

const { folder, evaluate, errors, ok, fileOf, scheme, open, shoot, run } = await startPages('idle');
const HEIGHT = 200, DECADE = 8;

// What sticks out, what lies on what: labels of one axis, rows, the parts of a row.
const LAYOUT = `(() => {
    const meet = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
    const pairs = (list) => list.flatMap((a, i) => list.slice(i + 1).filter((b) => meet(a.getBoundingClientRect(), b.getBoundingClientRect())).map((b) => [a.textContent, b.textContent]));
    const seen = (list) => [...list].filter((e) => e.getBoundingClientRect().width > 0);
    const box = (e) => { const r = e.getBoundingClientRect(); return { x: r.x, y: r.y, width: r.width, height: r.height }; };
    return {
        over: document.documentElement.scrollWidth - document.documentElement.clientWidth, height: document.documentElement.scrollHeight,
        overlaps: [...document.querySelectorAll('figure')].flatMap((f) => pairs(seen(f.querySelectorAll('.axis b, .square b, .square em')))).concat(
            [...document.querySelectorAll('.lane')].flatMap((l) => pairs(seen(l.children)))),
        out: seen(document.querySelectorAll('.axis b, .square b')).filter((b) => { const r = b.getBoundingClientRect(); return r.left < -0.5 || r.right > innerWidth + 0.5; }).length,
        wide: [...document.querySelectorAll('.wide')].filter((w) => w.checkVisibility() && w.scrollWidth > w.clientWidth + 1).map((w) => w.innerText.slice(0, 60)),
        timeline: box(document.querySelector('#timeline .track')), rows: document.querySelectorAll('#timeline .lane:not(.axis)').length,
        cut: [...document.querySelectorAll('#timeline .label')].filter((l) => l.scrollWidth > l.clientWidth).length,
        finding: document.querySelector('#findings + div li').getBoundingClientRect().y,
    };
})()`;

async function checkPages() {
    for (const name of ['one', 'many', 'states', 'two', 'hostile'])
        for (const [size, light] of [[WIDE, 'light'], [PHONE, 'dark'], [WIDE, 'dark'], [PHONE, 'light']].slice(0, name === 'one' ? 4 : 2)) {
            const what = `${name} at ${size[0]} px, ${light}`;
            await scheme(light);
            await open(name, size);
            const found = await evaluate(LAYOUT), image = await shoot(`${name}-${size[0]}-${light}`), corner = image.at(2, 2);
            ok(found.over <= 0 && found.overlaps.length === 0 && found.out === 0, `${what}: nothing sticks out, no label on another`, found);
            ok(size !== WIDE || found.wide.length === 0, `${what}: no table runs off`, found.wide);
            ok(light === 'light' ? corner.every((v) => v > 230) : corner.every((v) => v < 40), `${what}: the paper is ${light}`, corner);
            ok(found.finding < size[1] * 0.4 && found.timeline.y < size[1] * 0.8 && coloured(image, found.timeline) > 200,
                `${what}: finding and timeline are on the first screen, with pixels`, found);
            ok(found.height < 8000, `${what}: ${found.height} px`);
            if (name === 'many') ok(found.cut === 0, `${what}: no CPU's name is cut`, found.cut);
            if (name === 'many') ok(found.rows === 32, `${what}: 300 CPUs share 32 rows`, found.rows);
        }
    for (const name of ['one', 'many', 'states', 'two', 'hostile'])
        ok(statSync(fileOf(name)).size < 400 * 1024, `${name}: one file of ${Math.round(statSync(fileOf(name)).size / 1024)} KiB`);
}

// The steps of an area: how high it is over each class.
const AREAS = (selector) => `[...document.querySelector(${JSON.stringify(selector)}).querySelectorAll('path')].map((p) => {
    const heights = []; let height = 0;
    for (const [, what, by] of p.getAttribute('d').matchAll(/([hv])(-?[0-9]+)/g))
        if (what === 'v') height -= Number(by); else for (let i = 0; i < Number(by); i++) heights.push(height);
    return heights;
})`;

const rows = readFileSync(`${folder}/one/cpu0.linux.csv`, 'utf8').trim().split('\n').slice(1).map((line) => line.split(','))
    .filter((cells) => cells[4] !== 'R').map((cells) => ({ entry: Number(cells[1]), state: Number(cells[2]), ns: Number(cells[5]) }));

async function checkFigures() {
    await scheme('light');
    await open('one', WIDE);
    const classOf = (ns) => ns <= 100 ? 0 : Math.floor(DECADE * Math.log10(ns / 100)), classes = rows.map((row) => classOf(row.ns));
    const low = Math.min(...classes, classOf(4000)), end = Math.max(...classes) + 1;
    for (const [figure, weight] of [['.lengths', () => 1], ['.lengths + .lengths', (row) => row.ns]]) {
        const wanted = Array.from({ length: 5 }, () => new Array(end - low).fill(0));
        rows.forEach((row, i) => { for (let s = 0; s <= row.state; s++) wanted[s][classes[i] - low] += weight(row); });
        const most = Math.max(...wanted[0]), areas = await evaluate(AREAS(figure + ' svg'));
        ok(areas.length === 5 && areas.every((area, s) => area.length === end - low && area.every((height, i) => Math.abs(height - wanted[s][i] / most * HEIGHT) < 1)),
            `the columns of ${figure} are as high as the rows say`, [areas[0], wanted[0].map((v) => Math.round(v / most * HEIGHT))]);
    }
    const at = (ns) => 100 * (Math.log10(ns / 100) * DECADE - low) / (end - low);
    const lines = await evaluate(`[...document.querySelectorAll('.lengths .pays')].slice(0, 4).map((i) => parseFloat(i.style.left))`);
    ok([4e3, 4e4, 266e3, 8e5].every((ns, i) => Math.abs(lines[i] - at(ns)) < 0.11), 'the lines stand at the target residencies', [lines, at(4e3)]);
    const flow = await evaluate(AREAS('#timeline svg')), span = Math.max(...rows.map((r) => r.entry + r.ns)) - rows[0].entry;
    for (let s = 0; s < 5; s++) {
        const drawn = flow[s].reduce((a, b) => a + b, 0) / (flow[s].length * HEIGHT), slept = rows.filter((r) => r.state >= s).reduce((a, r) => a + r.ns, 0) / span;
        ok(flow[s].length === 240 && Math.abs(drawn - slept) < 0.005, `the timeline has ${(100 * slept).toFixed(1)} % of the time in state ${s} and deeper`, drawn);
    }
    const cells = await evaluate(`[...document.querySelectorAll('.density')].map((f) => [...f.querySelectorAll('path:not(.same)')].reduce((n, p) => n + p.getAttribute('d').split('z').length - 1, 0))`);
    ok(cells.length === 2 && cells.every((n) => n > 30 && n <= rows.length), 'forecast and timer have pictures', cells);
    const listed = await evaluate(`[document.querySelectorAll('#differences ~ details tbody tr').length, document.querySelector('#differences ~ details summary').textContent]`);
    const differing = readFileSync(`${folder}/one/cpu0.linux.csv`, 'utf8').split('\n').slice(1).filter((l) => l && l.split(',')[2] !== l.split(',')[6]).length;
    ok(listed[0] === Math.min(differing, 40) && listed[1].startsWith(`${differing} passes`), 'each decision that differs is listed', [listed, differing]);
}

async function checkMany() {
    await open('many', WIDE);
    const found = await evaluate(`[document.querySelectorAll('.cpus tbody tr').length, document.querySelector('.cpus tbody tr').innerText, document.querySelector('.cpus').parentElement.nextElementSibling.textContent]`);
    ok(found[0] === 32 && /^CPU 7\b.*length$/s.test(found[1]) && /^32 of 300 CPUs/.test(found[2]), 'of many CPUs the odd one stands first', found);
    await open('two', WIDE);
    ok(await evaluate(`document.querySelectorAll('.lengths').length === 4 && document.querySelectorAll('h3').length === 2`), 'CPUs with other states have pictures of their own');
    await open('hostile', WIDE);
    ok(await evaluate(`document.title === 'idlelab report' && document.querySelectorAll('img, script').length === 0 && /<b>"x/.test(document.body.innerText) && /77 events were lost/.test(document.body.innerText)`),
        'markup in a recording is text, and losses are said');
}

await run(checkPages, checkFigures, checkMany, () => ok(errors.length === 0, 'no console error, nothing fetched', errors));
