// SPDX-License-Identifier: MIT
// The numbers of a report and what can be computed from them. No drawing, no document: so that tests can
// load it alone.
'use strict';
const labData = (() => {
    // A metric's values are recorded in its own unit (ticks); `factor` makes them what is shown.
    const nanos = (metric, value) => value * metric.factor;

    // hist is flat: highest value of a counter, less that of the one before, its count, and so on, ascending.
    // Zero, where values below zero are counted too, has no place on a logarithmic axis: it is shown as the
    // smallest value above it.
    function eachCounter(metric, visit) {
        const hist = metric.hist || [];
        let value = 0;
        for (let i = 0; i + 1 < hist.length; i += 2) {
            value += hist[i];
            visit(nanos(metric, value || hist[i + 2] || 0.5), hist[i + 1]);
        }
    }

    function total(metric) {
        let sum = 0;
        eachCounter(metric, (value, count) => { sum += count; });
        return sum;
    }

    // Bins of equal width on a logarithmic axis (a constant has one bar in the middle), shared by all metrics: [edges, shares of each metric].
    function logBins(metrics, binCount) {
        let low = Infinity, high = 0;
        for (const metric of metrics)
            eachCounter(metric, (value) => { low = Math.min(low, value); high = Math.max(high, value); });
        if (!(high > 0)) return null;
        const constant = low === high;
        low *= constant ? 0.7 : 0.95;
        high *= constant ? 1.4 : 1.05;
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
            if (xs.length === 0) { xs.push(value * (1 - 1e-9)); ys.push(0); }
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
        // The last step ends where one sample of the whole is left; of a single one that is p50.
        xs.push(Math.max(all, 2));
        ys.push(ys[ys.length - 1]);
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

    const quantileOf = (metric, name) => metric && metric.q.find((q) => q[0] === name);

    // "1500us" in nanoseconds; NaN for an interval that is not one time.
    function timeOf(text) {
        const found = /^(\d+(?:\.\d+)?)(ns|us|ms|s)$/.exec(text || '');
        return found ? Number(found[1]) * { ns: 1, us: 1e3, ms: 1e6, s: 1e9 }[found[2]] : NaN;
    }

    const SWEEP_POINTS_MIN = 2;

    // The steps that differ in their interval alone: {title, runs: [{run, points: [[interval, step], ...]}]}.
    function sweeps(runs) {
        const groups = new Map();
        for (const run of runs)
            for (const step of run.steps) {
                const args = argsOf(step), interval = timeOf(args.interval);
                if (!(interval > 0) || !mainMetric(step)) continue;
                const kept = Object.entries(args).filter(([key]) => !['interval', 'samples', 'budget'].includes(key));
                const key = step.exp + ' ' + kept.map(([k, v]) => k + '=' + v).join(' ');
                const group = groups.get(key) || { exp: step.exp, title: [args.idle, args.by && 'by ' + args.by, args.others === 'awake' && 'others awake'].filter(Boolean).join(' ') || step.exp, args: key, runs: new Map() };
                const points = group.runs.get(run) || [];
                points.push([interval, step]);
                group.runs.set(run, points);
                groups.set(key, group);
            }
        const whole = [...groups.values()].map((g) => ({
            exp: g.exp, title: g.title, args: g.args,
            runs: [...g.runs].map(([run, points]) => ({ run, points: points.sort((a, b) => a[0] - b[0]) }))
                .filter((r) => r.points.length >= SWEEP_POINTS_MIN),
        }));
        return whole.filter((g) => g.runs.length > 0);
    }

    // A curve is drawn of rows as the page's `curves` say (lib/rows/rows.h, struct row_plot). What is shown of a unit: percent, watts.
    const SCALES = { ppm: 1e4, uW: 1e6 };
    const SHARE_MIN_PPM = 10000;

    // A share's row has a member for each counter that moved; where none did nothing is known.
    const isShare = (curve) => curve.unit === 'ppm';
    const isKnown = (row, curve) => curve.y.some((key) => key in row);
    const drawnOf = (rows, curve) => (isShare(curve) ? [...new Set(rows.flatMap((row) => Object.keys(row)))]
        .filter((key) => curve.y.includes(key) && rows.some((row) => row[key] >= SHARE_MIN_PPM)) : curve.y);

    // A value between two CPUs that is not above the bound of their clocks' offset is none.
    const isUsable = (row, name) => !(row.bound > 0) || !(name in row) || numberOf(row[name]) > row.bound;
    const numberOf = (value) => (Array.isArray(value) ? value[0] : value);

    // The lines of one kind in one step: {label, name, points: [[x, y], ...]}, ascending; at least two points each.
    function curveLines(rows, curve) {
        const groups = new Map();
        for (const row of rows) {
            const key = curve.by && row[curve.by];
            groups.set(key, [...(groups.get(key) || []), row]);
        }
        return [...groups].flatMap(([key, group]) => drawnOf(group, curve).map((name) => ({
            label: [key, name].filter(Boolean).join(' '), name,
            points: group.filter((row) => isKnown(row, curve) && isUsable(row, name)).map((row) => [row[curve.x], (numberOf(row[name]) || 0) / (SCALES[curve.unit] || 1)])
                .filter((p) => p[0] > 0 && (isShare(curve) ? p[1] >= 0 : p[1] > 0)).sort((a, b) => a[0] - b[0]),
            leftOut: group.filter((row) => isKnown(row, curve) && !isUsable(row, name)).length,
            bound: Math.max(0, ...group.map((row) => row.bound || 0)),
        }))).filter((line) => line.points.length >= 2);
    }

    // All curves of the steps of one name, one step a run: {title, curve, runs: [{run, lines}]}.
    function curves(entries, kinds) {
        return kinds.flatMap((curve) => {
            const rowsOf = (step) => (step.rows || []).filter((row) => row.row === curve.kind);
            const parts = new Set(curve.per ? entries.flatMap(({ step }) => rowsOf(step).map((row) => row[curve.per])) : [null]);
            return [...parts].map((part) => ({
                title: curve.title + (part ? ', woken by ' + part : ''), curve,
                runs: entries.map(({ run, step }) => ({ run, lines: curveLines(rowsOf(step).filter((row) => !part || row[curve.per] === part), curve) }))
                    .filter((r) => r.lines.length > 0),
            })).filter((c) => c.runs.length > 0);
        });
    }

    function mainMetric(step) {
        return step.metrics.find((m) => m.name === 'wake_latency') || step.metrics[0] || null;
    }

    function timeText(value, digits = 3) {
        const units = ['ns', 'us', 'ms', 's'];
        let unit = 0;
        while (unit < 3 && Math.abs(value) >= 1000) { value /= 1000; unit++; }
        return Number(value.toPrecision(digits)) + ' ' + units[unit];
    }

    // A value as text by its metric's unit: only times have units that suit them.
    const textOf = (unit) => (unit === 'ns' ? timeText
        : unit === 'ppm' ? (value, digits = 3) => Number((value / 1e4).toPrecision(digits)) + ' %'
            : (value, digits = 4) => Number(value.toPrecision(digits)) + ' ' + unit);

    return { nanos, total, logBins, ecdf, percentiles, valueAt, argsOf, sweeps, curves, quantileOf, mainMetric, timeText, textOf };
})();
if (typeof module !== 'undefined') module.exports = labData;
