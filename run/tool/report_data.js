// SPDX-License-Identifier: MIT
// The numbers of a report and what can be computed from them. No drawing, no document: so that tests can
// load it alone.
'use strict';
const labData = (() => {
    // A metric's values are recorded in its own unit (ticks); `factor` makes them what is shown.
    const nanos = (metric, value) => value * metric.factor;

    // hist is flat: highest value of a counter, its count, and so on, ascending.
    // Zero, where values below zero are counted too, has no place on a logarithmic axis: it is shown as the
    // smallest value above it.
    function eachCounter(metric, visit) {
        const hist = metric.hist || [];
        for (let i = 0; i + 1 < hist.length; i += 2) visit(nanos(metric, hist[i] || hist[i + 2] || 0.5), hist[i + 1]);
    }

    function total(metric) {
        let sum = 0;
        eachCounter(metric, (value, count) => { sum += count; });
        return sum;
    }

    // Bins of equal width on a logarithmic axis, shared by all metrics: [edges, shares of each metric].
    function logBins(metrics, binCount) {
        let low = Infinity, high = 0;
        for (const metric of metrics)
            eachCounter(metric, (value) => { low = Math.min(low, value); high = Math.max(high, value); });
        if (!(high > 0)) return null;
        low *= 0.95;
        high *= 1.05;
        const step = Math.log(high / low) / binCount;
        const edges = Array.from({ length: binCount + 1 }, (_, i) => low * Math.exp(step * i));
        const shares = metrics.map((metric) => {
            const bins = new Array(binCount + 1).fill(null), all = total(metric);
            eachCounter(metric, (value, count) => {
                const bin = Math.min(binCount - 1, Math.floor(Math.log(value / low) / step));
                bins[bin] += 100 * count / all;
            });
            return bins;
        });
        return [edges, ...shares];
    }

    // Share of values at or below x, in percent.
    function ecdf(metric) {
        const xs = [], ys = [], all = total(metric);
        let below = 0;
        eachCounter(metric, (value, count) => {
            below += count;
            xs.push(value);
            ys.push(100 * below / all);
        });
        return [xs, ys];
    }

    // Values against 1/(1-p): each value begins where all smaller ones end.
    function percentiles(metric) {
        const xs = [], ys = [], all = total(metric);
        let below = 0;
        eachCounter(metric, (value, count) => {
            xs.push(all / (all - below));
            ys.push(value);
            below += count;
        });
        return [xs, ys];
    }

    // The value at share p (0 to 1) by nearest rank.
    function valueAt(metric, p) {
        const rank = Math.max(1, Math.ceil(p * total(metric)));
        let below = 0, found = null;
        eachCounter(metric, (value, count) => {
            below += count;
            if (found === null && below >= rank) found = value;
        });
        return found;
    }

    // "idle=hlt by=timer" as an object.
    function argsOf(step) {
        const args = {};
        for (const word of (step.args || '').split(/\s+/)) {
            const at = word.indexOf('=');
            if (at > 0) args[word.slice(0, at)] = word.slice(at + 1);
        }
        return args;
    }

    // A table of one quantile by two keys of the steps' arguments, or null where it would have one cell only.
    function matrix(run, rowKey, columnKey, quantile) {
        const rows = new Set(), columns = new Set(), cells = new Map();
        for (const step of run.steps) {
            const args = argsOf(step), metric = mainMetric(step);
            const found = metric && metric.q.find((q) => q[0] === quantile);
            if (!found || !args[rowKey] || !args[columnKey]) continue;
            rows.add(args[rowKey]);
            columns.add(args[columnKey]);
            const key = args[rowKey] + '\n' + args[columnKey];
            const list = cells.get(key) || [];
            list.push(nanos(metric, found[1]));
            cells.set(key, list);
        }
        if (rows.size * columns.size < 2) return null;
        // Several steps of one cell (other intervals): their median stands for them.
        const median = (list) => list.sort((a, b) => a - b)[(list.length - 1) >> 1];
        return {
            rows: [...rows], columns: [...columns],
            at: (row, column) => {
                const list = cells.get(row + '\n' + column);
                return list ? median(list) : null;
            },
        };
    }

    function mainMetric(step) {
        return step.metrics.find((m) => m.name === 'wake_latency') || step.metrics[0] || null;
    }

    function timeText(value) {
        const units = ['ns', 'us', 'ms', 's'];
        let unit = 0;
        while (unit < 3 && Math.abs(value) >= 1000) { value /= 1000; unit++; }
        return Number(value.toPrecision(3)) + ' ' + units[unit];
    }

    return { nanos, total, logBins, ecdf, percentiles, valueAt, argsOf, matrix, mainMetric, timeText };
})();
if (typeof module !== 'undefined') module.exports = labData;
