// SPDX-License-Identifier: MIT
// Opens reports of fleets in headless Chromium at 1400 and 390 px, in light and dark: nothing sticks out of the page, each machine has its
// row, dots and cells are painted, nothing is fetched. Prints TAP.
//   node fleet_page.mjs CHROMIUM FOLDER-OF-REPORTS FOLDER-FOR-SCREENSHOTS FIRST-NUMBER NAME:MACHINES...
import { coloured } from './browser.mjs';
import { PHONE, WIDE, startPages } from './pages.mjs';

const { rest, evaluate, errors, ok, scheme, open, shoot, run } = await startPages('fleet');

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

async function checkPage(name, machines, odd) {
    for (const [size, light] of [[WIDE, 'light'], [PHONE, 'dark'], [WIDE, 'dark'], [PHONE, 'light']]) {
        const what = `${name} at ${size[0]} px, ${light}`;
        await scheme(light);
        await open(name, size);
        const corner = (await shoot(`${name}-${size[0]}-${light}`)).at(2, 2);
        const found = await evaluate(LOOK);
        ok(found.over <= 0, `${what}: nothing sticks out`, found);
        ok(found.rows === Number(machines) && found.odd === Number(odd) && found.red === Number(odd) && found.scripts === 0,
            `${what}: ${machines} rows, ${odd} odd`, found);
        ok(light === 'dark' ? corner[0] < 60 : corner[0] > 200, `${what}: the paper`, corner);
        await evaluate("document.querySelector('.machines').scrollIntoView()");
        await evaluate("document.querySelector('.machines').parentElement.scrollLeft = 340");
        const at = await evaluate(LOOK), image = await shoot(`${name}-${size[0]}-${light}-rows`);
        ok(at.sticky >= -1 && at.sticky < 40, `${what}: the machine's name stays in view`, at);
        ok(Number(odd) === 0 || (coloured(image, at.strip) > 20 && coloured(image, at.boots) > 5), `${what}: cells and dots are painted`,
            [at.strip, at.boots, coloured(image, at.strip), coloured(image, at.boots)]);
    }
}

await run(...rest.map((page) => () => checkPage(...page.split(':'))), () => ok(errors.length === 0, 'no error, nothing is fetched', errors));
