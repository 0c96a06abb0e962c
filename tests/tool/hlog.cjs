// SPDX-License-Identifier: MIT
// Reads an .hlog with the stock hdr-histogram-js and prints the percentiles of all its histograms in the form of `export --hgrm`.
const fs = require('fs');
const hdr = require('hdr-histogram-js');
const reader = new hdr.HistogramLogReader(fs.readFileSync(process.argv[2], 'utf8'), 64, false);
for (let next = reader.nextIntervalHistogram(); next != null; next = reader.nextIntervalHistogram()) {
    const [step, metric] = next.tag.split('.');
    process.stdout.write(`#[${step} ${metric}, values in TSC ticks]\n` + next.outputPercentileDistribution());
}
