// SPDX-License-Identifier: MIT
// The plots of a report, drawn by uPlot: one function a kind, each from the metrics of one step in every run.
'use strict';
const labPlots = (() => {
    const COLOURS = ['#3b82f6', '#f97316', '#22a06b', '#c026d3', '#ca8a04', '#0891b2', '#e11d48', '#7c3aed'];
    const BINS = 96, HEIGHT = 260;
    const colour = (i) => COLOURS[i % COLOURS.length];
    const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

    function axis(label, values) {
        const ink = style('--ink'), line = style('--line');
        return {
            label, stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, labelSize: 20,
            values: values && ((u, ticks) => ticks.map((v) => (v === null ? '' : values(v)))),
        };
    }

    const percentText = (v) => (v === null ? '' : Number(v.toPrecision(3)) + ' %');
    const legend = (text) => (u, v) => (v === null || v === undefined ? '-' : text(v));
    const level = (v) => (v === null ? '' : 'p' + Number((100 * (1 - 1 / v)).toFixed(5)));

    function series(runs, text, extra) {
        return runs.map((run, i) => Object.assign({
            label: run.label, stroke: colour(i), width: 1.5, spanGaps: true, value: legend(text),
        }, extra && extra(i)));
    }

    // uPlot would widen a logarithmic axis to whole decades.
    const closely = (u, low, high) => (high > low ? [low, high] : [low * 0.9, low * 1.1]);

    // Marks of a logarithmic axis: as few of each decade as make at least three, or evenly spaced ones where no round ones do.
    const DECADE_STEPS = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]], MARKS_MIN = 3;
    function logMarks(u, index, low, high) {
        for (const steps of high / low > 1e3 ? DECADE_STEPS : DECADE_STEPS.slice(1)) {
            const marks = [];
            for (let decade = Math.floor(Math.log10(low)); 10 ** decade <= high; decade++)
                for (const step of steps) {
                    const mark = Number((step * 10 ** decade).toPrecision(3));
                    if (mark >= low && mark <= high) marks.push(mark);
                }
            if (marks.length >= MARKS_MIN) return marks;
        }
        return [0, 1, 2, 3].map((i) => low + (high - low) * i / 3);
    }
    const logAxis = { splits: logMarks, filter: (u, marks) => marks };

    // x and y in what the axes show; `log` names the logarithmic ones.
    function options(kind, log, xAxis, yAxis, xText, lines) {
        return {
            height: HEIGHT, width: 300, kind,
            scales: {
                x: log.includes('x') ? { time: false, distr: 3, range: closely } : { time: false },
                y: { distr: log.includes('y') ? 3 : 1 },
            },
            axes: [
                { ...xAxis, size: 36, ...(log.includes('x') && logAxis) },
                { ...yAxis, size: 64, ...(log.includes('y') && logAxis) },
            ],
            cursor: { drag: { x: true, y: false } },
            series: [{ label: xAxis.label, value: legend(xText) }, ...lines],
        };
    }

    // Bins without a neighbour, of which a stepped line shows nothing.
    function alone(u, index) {
        return u.data[index].flatMap((v, i, values) => ((v ?? null) !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null ? [i] : []));
    }

    function histogram(entries) {
        const data = labData.logBins(entries.map((e) => e.metric), BINS);
        if (!data) return null;
        const lines = series(entries.map((e) => e.run), percentText, (i) => ({
            paths: uPlot.paths.stepped({ align: 1 }), fill: colour(i) + '33', spanGaps: false, points: { show: true, size: 4, filter: alone },
        }));
        const made = options('histogram', 'xy', axis('latency', labData.timeText), axis('share', percentText),
            labData.timeText, lines);
        made.scales.y.range = (u, low, high) => [low * 0.6, high * 1.6];
        const floors = entries.map((e) => (e.metric.floor > 0 ? labData.nanos(e.metric, e.metric.floor) : 0));
        made.hooks = { draw: [(u) => floors.forEach((floor, i) => drawFloor(u, floor, colour(i)))] };
        return [made, data];
    }

    // The calibrated empty path: what lies left of it cannot be told from nothing.
    function drawFloor(u, floor, stroke) {
        if (!(floor > u.scales.x.min && floor < u.scales.x.max)) return;
        const x = u.valToPos(floor, 'x', true), { top, height } = u.bbox;
        u.ctx.save();
        u.ctx.strokeStyle = stroke;
        u.ctx.setLineDash([6, 4]);
        u.ctx.beginPath();
        u.ctx.moveTo(x, top);
        u.ctx.lineTo(x, top + height);
        u.ctx.stroke();
        u.ctx.restore();
    }

    function percentiles(entries) {
        const data = uPlot.join(entries.map((e) => labData.percentiles(e.metric)));
        return [options('percentile', 'xy', axis('percentile', level), axis('latency', labData.timeText), level,
            series(entries.map((e) => e.run), labData.timeText, () => ({ paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } }))), data];
    }

    function ecdf(entries) {
        const data = uPlot.join(entries.map((e) => labData.ecdf(e.metric)));
        return [options('ecdf', 'x', axis('latency', labData.timeText), axis('at or below', percentText), labData.timeText,
            series(entries.map((e) => e.run), percentText, () => ({ paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } }))), data];
    }

    const dots = (i) => ({ paths: () => null, points: { show: true, size: 4, fill: colour(i), stroke: colour(i) } });

    // Points are [x, y] pairs; uPlot wants x ascending and without repeats.
    function scatter(kind, entries, points, xLabel, xText, log) {
        const tables = entries.map((e) => {
            const sorted = points(e).filter((p) => p[1] > 0 && (p[0] > 0 || !log.includes('x'))).sort((a, b) => a[0] - b[0]);
            return [sorted.map((p) => p[0]), sorted.map((p) => p[1])];
        });
        const nudged = tables.map(([xs, ys]) => {
            for (let i = 1; i < xs.length; i++) if (xs[i] <= xs[i - 1]) xs[i] = xs[i - 1] * (1 + 1e-9) + 1e-9;
            return [xs, ys];
        });
        if (!nudged.some((t) => t[0].length > 1)) return null;
        return [options(kind, log, axis(xLabel, xText), axis('latency', labData.timeText), xText,
            series(entries.map((e) => e.run), labData.timeText, dots)), uPlot.join(nudged)];
    }

    // raw is flat: interval, latency, time since the step began; all in ticks.
    const rawPoints = (e, x) => {
        const out = [], raw = e.step.raw || [];
        for (let i = 0; i + 2 < raw.length; i += 3) out.push([x(raw, i) * e.metric.factor, raw[i + 1] * e.metric.factor]);
        return out;
    };

    const interval = (entries) => scatter('interval', entries, (e) => rawPoints(e, (raw, i) => raw[i]),
        'interval', labData.timeText, 'xy');

    const worst = (entries) => scatter('time', entries, (e) => rawPoints(e, (raw, i) => raw[i + 2])
        .concat((e.metric.worst || []).map((w) => [w[1] * e.metric.factor, w[0] * e.metric.factor])),
        'time since the step began', labData.timeText, 'y');

    const KINDS = [
        { kind: 'histogram', title: 'Histogram (both axes logarithmic; dashed: the floor)', make: histogram },
        { kind: 'percentile', title: 'Percentiles (the axis is 1/(1-p))', make: percentiles },
        { kind: 'ecdf', title: 'Empirical distribution', make: ecdf },
        { kind: 'interval', title: 'Latency against interval (raw samples)', make: interval },
        { kind: 'time', title: 'Worst and raw samples in time', make: worst },
    ];
    // Quantiles of steps that differ in their interval alone.
    function sweep(group) {
        const lines = [], tables = [];
        group.runs.forEach(({ run, points }, i) => {
            for (const [quantile, dash] of [['p50', []], ['p99', [6, 4]]]) {
                const known = points.map(([interval, step]) => [interval, step, labData.quantileOf(labData.mainMetric(step), quantile)])
                    .filter((p) => p[2] && p[2][1] > 0);
                if (known.length < 2) continue;
                tables.push([known.map((p) => p[0]), known.map((p) => labData.nanos(labData.mainMetric(p[1]), p[2][1]))]);
                lines.push({ label: run.label + ' ' + quantile, stroke: colour(i), width: 1.5, dash, spanGaps: true,
                    value: legend(labData.timeText), points: { show: true, size: 5, fill: colour(i) } });
            }
        });
        if (!lines.length) return null;
        return [options('sweep', 'xy', axis('interval', labData.timeText), axis('latency', labData.timeText), labData.timeText, lines),
            uPlot.join(tables)];
    }

    const DASHES = [[], [6, 4], [2, 3]];
    const TEXTS = { ppm: percentText, uW: (v) => Number(v.toPrecision(3)) + ' W' };

    // Rows of a step that are points of a curve; lines of one colour differ in what is drawn of the same rows.
    function curve({ curve: about, runs }) {
        const lines = [], tables = [], yText = TEXTS[about.unit] || labData.timeText, isShare = about.unit === 'ppm';
        const colours = new Map();
        for (const { run, lines: own } of runs)
            for (const line of own) {
                const name = runs.length > 1 ? run.label + ' ' + line.label : line.label;
                const group = isShare ? name : name.slice(0, name.length - line.name.length);
                if (!colours.has(group)) colours.set(group, colour(colours.size));
                const dash = isShare ? [] : DASHES[about.y.indexOf(line.name)];
                // Two rows may have the same length: uPlot wants each x once.
                tables.push([line.points.map((p, i, all) => p[0] + (i && all[i - 1][0] === p[0] ? 1e-6 * i : 0)), line.points.map((p) => p[1])]);
                lines.push({ label: name, stroke: colours.get(group), width: 1.5, dash, spanGaps: true, value: legend(yText), points: { show: true, size: 4, fill: colours.get(group) } });
            }
        return [options('curve', isShare ? 'x' : 'xy', axis(about.xLabel, labData.timeText), axis(about.yLabel, yText),
            labData.timeText, lines), uPlot.join(tables)];
    }

    return { KINDS, HEIGHT, sweep, curve };
})();
