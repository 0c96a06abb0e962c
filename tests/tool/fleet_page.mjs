// SPDX-License-Identifier: MIT
// Opens reports of fleets in headless Chromium at 1400 and 390 px, in light and dark: nothing sticks out of the page, each machine has its
// row, dots and cells are painted, nothing is fetched. Prints TAP.
//   node fleet_page.mjs CHROMIUM FOLDER-OF-REPORTS FOLDER-FOR-SCREENSHOTS FIRST-NUMBER NAME:MACHINES...
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { coloured, pause, pixelsOf, startBrowser } from './browser.mjs';

const [, , chromium, folder, shots, first, ...pages] = process.argv;
const { send, evaluate, errors, stop } = await startBrowser(chromium);
let number = Number(first) - 1, failed = false;

function ok(condition, name, note) {
    console.log(`${condition ? 'ok' : 'not ok'} ${++number} - ${name}`);
    if (!condition) { failed = true; if (note !== undefined) console.log('# ' + JSON.stringify(note)); }
}

async function open(name, [width, height], scheme) {
    await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 500 });
    await send('Page.navigate', { url: 'about:blank' });
    await send('Page.navigate', { url: pathToFileURL(`${folder}/${name}.html`).href });
    for (let wait = 0; wait < 400; wait++) {
        if (await evaluate("location.protocol === 'file:' && document.readyState === 'complete'").catch(() => false)) break;
        await pause(50);
    }
    await pause(60);
}

async function shoot(name) {
    const png = Buffer.from((await send('Page.captureScreenshot', { format: 'png' })).data, 'base64');
    writeFileSync(`${shots}/fleet-${name}.png`, png);
    return pixelsOf(png);
}

const LOOK = `(() => {
    const box = (e) => { const r = e.getBoundingClientRect(); return { x: r.x, y: r.y, width: r.width, height: r.height }; };
    const row = document.querySelector('.machines tbody tr');
    return {
        over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        rows: document.querySelectorAll('.machines tbody tr').length,
        odd: document.querySelectorAll('.odd-ones > li').length, red: document.querySelectorAll('.machines tr.odd').length,
        scripts: document.querySelectorAll('script, img').length,
        sticky: box(row.querySelector('th')).x, boots: box(row.querySelector('.boots')), strip: box(row.querySelector('.strip')),
    };
})()`;

for (const page of pages) {
    const [name, machines, odd] = page.split(':');
    for (const [size, scheme] of [[[1400, 900], 'light'], [[390, 844], 'dark'], [[1400, 900], 'dark'], [[390, 844], 'light']]) {
        const what = `${name} at ${size[0]} px, ${scheme}`;
        await open(name, size, scheme);
        const corner = (await shoot(`${name}-${size[0]}-${scheme}`)).at(2, 2);
        const found = await evaluate(LOOK);
        ok(found.over <= 0, `${what}: nothing sticks out`, found);
        ok(found.rows === Number(machines) && found.odd === Number(odd) && found.red === Number(odd) && found.scripts === 0,
            `${what}: ${machines} rows, ${odd} odd`, found);
        ok(scheme === 'dark' ? corner[0] < 60 : corner[0] > 200, `${what}: the paper`, corner);
        await evaluate("document.querySelector('.machines').scrollIntoView()");
        await evaluate("document.querySelector('.machines').parentElement.scrollLeft = 340");
        const at = await evaluate(LOOK), image = await shoot(`${name}-${size[0]}-${scheme}-rows`);
        ok(at.sticky >= -1 && at.sticky < 40, `${what}: the machine's name stays in view`, at);
        ok(Number(odd) === 0 || (coloured(image, at.strip) > 20 && coloured(image, at.boots) > 5), `${what}: cells and dots are painted`,
            [at.strip, at.boots, coloured(image, at.strip), coloured(image, at.boots)]);
    }
}
ok(errors.length === 0, 'no error, nothing is fetched', errors);
await stop();
console.log(`1..${number}`);
process.exit(failed ? 1 : 0);
