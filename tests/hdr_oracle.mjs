// SPDX-License-Identifier: MIT
//
// Decodes histograms with the stock hdr-histogram-js, as any user's tool would, and compares.
//
// Usage, in the folder whose node_modules holds hdr-histogram-js: test_hdr --oracle | node tests/hdr_oracle.mjs
// A line of input: digits, total, parts:exact:ours per quantile (parts per 10^7), the HISTF text. Prints KTAP; exit status 1
// when a check failed or there was no input, 0 else; a missing package is one skipped result.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

function loadLibrary() {
    try {
        return createRequire(join(process.cwd(), "package.json"))("hdr-histogram-js");
    } catch {
        return null;
    }
}

// The first thing wrong with one line, or null.
function complaint(hdr, line) {
    const words = line.trim().split(" ");
    const digits = Number(words[0]);
    const total = Number(words[1]);
    const text = words[words.length - 1];
    const histogram = hdr.decodeFromCompressedBase64(text, 64, false);

    if (!text.startsWith("HISTFAAA"))
        return "text does not begin HISTFAAA";
    if (histogram.totalCount !== total)
        return `total ${histogram.totalCount}, want ${total}`;
    if (histogram.numberOfSignificantValueDigits !== digits)
        return `digits ${histogram.numberOfSignificantValueDigits}, want ${digits}`;
    for (const word of words.slice(2, -1)) {
        const [parts, exact, ours] = word.split(":").map(Number);
        const theirs = histogram.getValueAtPercentile(parts / 1e5);

        if (theirs !== ours)
            return `quantile ${parts}: ${theirs}, want ${ours}`;
        if (theirs < exact || theirs - exact > exact * 10 ** -digits)
            return `quantile ${parts}: ${theirs} is too far from the sample's ${exact}`;
    }
    return null;
}

const hdr = loadLibrary();
const lines = readFileSync(0, "ascii").split("\n").filter((line) => line);

console.log("KTAP version 1");
if (!hdr) {
    console.log("ok 1 hdr_oracle # SKIP hdr-histogram-js is not installed\n1..1");
    process.exit(0);
}
let failed = lines.length === 0;
lines.forEach((line, index) => {
    let wrong;
    try {
        wrong = complaint(hdr, line);
    } catch (error) {
        wrong = String(error);
    }
    console.log(`${wrong ? "not ok" : "ok"} ${index + 1} hdr_oracle_${index + 1}`);
    if (wrong) {
        console.log(`# ${wrong}`);
        failed = true;
    }
});
console.log(`1..${lines.length}`);
process.exit(failed ? 1 : 0);
