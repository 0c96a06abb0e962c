// SPDX-License-Identifier: MIT
// Pages of one folder, NAME.html, in headless Chromium, and what is found out about them as TAP. A test's arguments are
//   CHROMIUM FOLDER-OF-PAGES FOLDER-FOR-SCREENSHOTS FIRST-NUMBER ...
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { pause, pixelsOf, startBrowser } from './browser.mjs';

export const WIDE = [1400, 900], PHONE = [390, 844];

// `kind` begins the names of the screenshots.
export async function startPages(kind) {
    const [, , chromium, folder, shots, first, ...rest] = process.argv;
    const { send, evaluate, errors, stop } = await startBrowser(chromium);
    let number = Number(first) - 1, failed = false;

    function ok(condition, name, note) {
        console.log(`${condition ? 'ok' : 'not ok'} ${++number} - ${name}`);
        if (!condition) { failed = true; if (note !== undefined) console.log('# ' + JSON.stringify(note)); }
    }

    // A busy machine takes its time: until the condition holds, for 20 s at most.
    async function eventually(condition) {
        for (let wait = 0; wait < 400; wait++) {
            if (await condition()) return true;
            await pause(50);
        }
        return condition();
    }

    const fileOf = (name) => `${folder}/${name}.html`;
    const scheme = (value) => send('Emulation.setEmulatedMedia', { features: value ? [{ name: 'prefers-color-scheme', value }] : [] });

    async function open(name, [width, height], hash = '') {
        await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 500 });
        await send('Page.navigate', { url: 'about:blank' });
        await send('Page.navigate', { url: pathToFileURL(fileOf(name)).href + hash });
        await eventually(() => evaluate("location.protocol === 'file:' && document.readyState === 'complete'").catch(() => false));
        await pause(60);
    }

    async function shoot(name) {
        const png = Buffer.from((await send('Page.captureScreenshot', { format: 'png' })).data, 'base64');
        writeFileSync(`${shots}/${kind}-${name}.png`, png);
        return pixelsOf(png);
    }

    // Runs the checks in turn; what one throws is a failure. Ends the program.
    async function run(...checks) {
        try {
            for (const check of checks) await check();
        } catch (error) {
            ok(false, error.message);
        }
        console.log('1..' + number);
        await stop();
        process.exit(failed ? 1 : 0);
    }

    return { folder, rest, send, evaluate, errors, ok, eventually, fileOf, scheme, open, shoot, run };
}
