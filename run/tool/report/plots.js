// SPDX-License-Identifier: MIT
// The plots of a report, drawn by uPlot: one function a kind, each from the metrics of one step in every run. Each gives
// [options, table, caption], a caption alone where nothing can be drawn, or null; a caption is a text, or a function of the
// plot for what depends on its view.
'use strict';
const labPlots = (() => {
    const COLOURS = ['#3b82f6', '#f97316', '#22a06b', '#c026d3', '#ca8a04', '#0891b2', '#e11d48', '#7c3aed'];
    const BINS = 96;
    const { HEIGHT, Y_SPACE, axis, percentText, level, closely, closelyPadded, levels, shares, logShares, logAxis } = labAxes;
    const colour = (i) => COLOURS[i % COLOURS.length];
    const legend = (text) => (u, v) => (v === null || v === undefined ? '-' : text(v));

    function series(runs, text, extra) {
        return runs.map((run, i) => Object.assign({
            label: run.label, stroke: colour(i), width: 1.5, spanGaps: true, value: legend(text),
        }, extra && extra(i)));
    }

    // x and y in what the axes show; `log` names the logarithmic ones, `ranges` their ends where not as tight as may be.
    function options(kind, log, xAxis, yAxis, xText, lines, ranges = {}) {
        return {
            height: HEIGHT, width: 300, kind,
            scales: {
                x: log.includes('x') ? { time: false, distr: 3, range: ranges.x || closely } : { time: false },
                y: log.includes('y') ? { distr: 3, range: ranges.y || closelyPadded } : { distr: 1, ...(ranges.y && { range: ranges.y }) },
            },
            axes: [
                { ...xAxis, size: 34, ...(log.includes('x') && logAxis) },
                { ...yAxis, size: 68, space: Y_SPACE, ...(log.includes('y') && logAxis) },
            ],
            cursor: { drag: { x: true, y: false } },
            legend: { markers: { width: 2, dash: (u, i) => (u.series[i].dash && u.series[i].dash.length ? 'dashed' : 'solid') } },
            series: [{ label: xAxis.label, value: legend(xText) }, ...lines],
        };
    }

    const unitOf = (entries) => entries[0].metric.unit;
    // What the axis of a metric is called.
    const nameOf = (entries) => entries[0].metric.name.replace(/_/g, ' ');

    function histogram(entries) {
        const data = labData.logBins(entries.map((e) => e.metric), BINS), text = labData.textOf(unitOf(entries));
        if (!data) return null;
        const lines = series(entries.map((e) => e.run), percentText, (i) => ({
            paths: uPlot.paths.bars({ size: [1, 100], align: 1 }), fill: colour(i) + '55', width: 0.5, fillTo: (u) => u.scales.y.min, points: { show: false },
        }));
        const made = options('histogram', 'xy', axis(nameOf(entries), text), axis('share', percentText), text, lines, { y: logShares });
        const floors = entries.map((e) => (e.metric.floor > 0 ? labData.nanos(e.metric, e.metric.floor) : 0));
        made.hooks = { draw: [(u) => floors.forEach((floor, i) => drawFloor(u, floor, colour(i)))] };
        const inView = (u) => floors.some((floor) => isInView(u, floor));
        return [made, data, (u) => 'Histogram, both axes logarithmic' + (inView(u) ? '; dashed: the floor' : '')];
    }

    const isInView = (u, x) => x > u.scales.x.min && x < u.scales.x.max;

    // The calibrated empty path: what lies left of it cannot be told from nothing.
    function drawFloor(u, floor, stroke) {
        if (!isInView(u, floor)) return;
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

    const stepped = (align) => () => ({ paths: uPlot.paths.stepped({ align }), points: { show: false } });

    function percentiles(entries) {
        const data = uPlot.join(entries.map((e) => labData.percentiles(e.metric))), text = labData.textOf(unitOf(entries));
        if (!data.slice(1).some((ys) => ys.some((y) => y > 0))) return null;
        return [options('percentile', 'xy', axis('percentile', level), axis(nameOf(entries), text), level,
            series(entries.map((e) => e.run), text, stepped(1)), { x: levels }), data, 'Percentiles'];
    }

    function ecdf(entries) {
        const data = uPlot.join(entries.map((e) => labData.ecdf(e.metric))), text = labData.textOf(unitOf(entries));
        return [options('ecdf', 'x', axis(nameOf(entries), text), axis('at or below', percentText), text,
            series(entries.map((e) => e.run), percentText, stepped(1)), { y: shares }), data, 'Share of the samples at or below a value'];
    }

    function scatter(kind, entries, points, xLabel, xText, log, title) {
        const text = labData.textOf(unitOf(entries));
        const dots = () => ({ paths: () => null, points: { show: true, size: 4 } });
        const tables = entries.map((e) => {
            const list = points(e).filter((p) => p[1] > 0 && (p[0] > 0 || !log.includes('x'))).sort((a, b) => a[0] - b[0]);
            return [list.map((p) => p[0]), list.map((p) => p[1])];
        });
        // uPlot wants each x once: samples of one tick stand side by side.
        const nudged = tables.map(([xs, ys]) => {
            for (let i = 1; i < xs.length; i++) if (xs[i] <= xs[i - 1]) xs[i] = xs[i - 1] * (1 + 1e-9) + 1e-9;
            return [xs, ys];
        });
        if (!nudged.some((t) => t[0].length > 1)) return null;
        return [options(kind, log, axis(xLabel, xText), axis(nameOf(entries), text), xText,
            series(entries.map((e) => e.run), text, dots)), uPlot.join(nudged), title];
    }

    // raw is flat: interval, latency, time since the step began; all in ticks.
    const rawPoints = (e, x) => {
        const out = [], raw = e.step.raw || [];
        for (let i = 0; i + 2 < raw.length; i += 3) out.push([x(raw, i) * e.metric.factor, raw[i + 1] * e.metric.factor]);
        return out;
    };

    const interval = (entries) => scatter('interval', entries, (e) => rawPoints(e, (raw, i) => raw[i]),
        'interval', labData.timeText, 'xy', 'Latency against interval (raw samples)');

    const worst = (entries) => scatter('time', entries, (e) => rawPoints(e, (raw, i) => raw[i + 2])
        .concat((e.metric.worst || []).map((w) => [w[1] * e.metric.factor, w[0] * e.metric.factor])),
        'time since the step began', labData.timeText, 'y', 'Worst and raw samples in time');

    const KINDS = [
        { kind: 'histogram', title: 'Histogram', make: histogram },
        { kind: 'percentile', title: 'Percentiles', make: percentiles },
        { kind: 'ecdf', title: 'Share of the samples at or below a value', make: ecdf },
        { kind: 'interval', title: 'Latency against interval', make: interval },
        { kind: 'time', title: 'Worst and raw samples in time', make: worst },
    ];

    // "; 2 points are left out: ± 701 us, not usable"; a logarithmic axis has no place for zero either.
    const leftOutText = (count, bound) => (count ? `; ${count} ${count > 1 ? 'points are' : 'point is'} left out: ${bound > 0 ? `± ${labData.timeText(bound)}, not usable` : 'not above zero'}` : '');

    const doubtfulText = (count) => (count ? `; ${count} ${count > 1 ? 'doubtful steps are' : 'doubtful step is'} left out` : '');

    // Quantiles of steps that differ in their interval alone; `many`: the report has several runs, so that each line says which.
    function sweep(group, many) {
        const lines = [], tables = [];
        let leftOut = 0, worstBound = 0, doubtful = 0;
        group.runs.forEach(({ run, points }, i) => {
            const sure = points.filter(([, step]) => !step.doubtful);
            doubtful += points.length - sure.length;
            for (const [quantile, dash] of [['p50', []], ['p99', [6, 4]]]) {
                const found = sure.map(([length, step]) => {
                    const metric = labData.mainMetric(step), q = labData.quantileOf(metric, quantile);
                    return q && { length, value: labData.nanos(metric, q[1]), bound: labData.nanos(metric, metric.bound || 0) };
                }).filter(Boolean);
                const known = found.filter((p) => p.value > p.bound);
                leftOut += found.length - known.length;
                worstBound = Math.max(worstBound, ...found.map((p) => p.bound));
                if (known.length < 1) continue;
                tables.push([known.map((p) => p.length), known.map((p) => p.value)]);
                lines.push({ label: (many ? run.label + ' ' : '') + quantile, stroke: colour(i), width: 1.5, dash, spanGaps: true,
                    value: legend(labData.timeText), points: { show: true, size: 5, fill: dash.length ? labAxes.style('--paper') : colour(i) } });
            }
        });
        const caption = group.title + ': latency against interval; p50 solid, p99 dashed' + leftOutText(leftOut, worstBound) + doubtfulText(doubtful);
        if (!lines.length) return leftOut || doubtful ? caption : null;
        return [options('sweep', 'xy', axis('interval', labData.timeText), axis('latency', labData.timeText), labData.timeText, lines),
            uPlot.join(tables), caption];
    }

    const DASHES = [[], [6, 4], [2, 3]];
    const TEXTS = { ppm: percentText, uW: (v, digits = 3) => Number(v.toPrecision(digits)) + ' W' };

    // Rows of a step that are points of a curve; lines of one colour differ in what is drawn of the same rows.
    function curve({ title, curve: about, runs }) {
        const lines = [], tables = [], yText = TEXTS[about.unit] || labData.timeText, isShare = about.unit === 'ppm';
        const colours = new Map();
        let leftOut = 0, bound = 0;
        for (const { run, lines: own } of runs)
            for (const line of own) {
                const name = runs.length > 1 ? run.label + ' ' + line.label : line.label;
                const group = isShare ? name : name.slice(0, name.length - line.name.length);
                if (!colours.has(group)) colours.set(group, colour(colours.size));
                const dash = isShare ? [] : DASHES[about.y.indexOf(line.name)];
                leftOut += line.leftOut;
                bound = Math.max(bound, line.bound);
                // Two rows may have the same length: uPlot wants each x once.
                tables.push([line.points.map((p, i, all) => p[0] + (i && all[i - 1][0] === p[0] ? 1e-6 * i : 0)), line.points.map((p) => p[1])]);
                lines.push({ label: name, stroke: colours.get(group), width: 1.5, dash, spanGaps: true, value: legend(yText), points: { show: true, size: 4, fill: colours.get(group) } });
            }
        return [options('curve', isShare ? 'x' : 'xy', axis(about.xLabel, labData.timeText), axis(about.yLabel, yText),
            labData.timeText, lines, isShare ? { y: shares } : {}), uPlot.join(tables), title + leftOutText(leftOut, bound)];
    }

    return { KINDS, HEIGHT, sweep, curve };
})();
