// SPDX-License-Identifier: MIT
// Brings the report to life: makes each plot when it comes into view, lets the keyboard move and zoom,
// redraws for another width or colour scheme, fills the heat maps.
'use strict';
(() => {
    const data = JSON.parse(document.getElementById('lab-data').textContent);
    const drawn = new Map(); // figure's div -> uPlot

    // The runs that hold a step of this name with this metric.
    function entriesOf(stepName, metricName) {
        const entries = [];
        for (const run of data.runs) {
            const step = run.steps.find((s) => s.name === stepName);
            if (!step) continue;
            const metric = metricName ? step.metrics.find((m) => m.name === metricName) : labData.mainMetric(step);
            if (metric && metric.hist) entries.push({ run, step, metric });
        }
        return entries;
    }

    const makers = new Map(); // figure's div -> function that gives [options, table], or null for nothing to draw

    function draw(div) {
        const old = drawn.get(div);
        if (old) old.destroy();
        const made = makers.get(div)();
        div.closest('figure').hidden = !made;
        if (!made) { drawn.delete(div); return; }
        const [options, table] = made;
        options.width = Math.max(240, div.clientWidth);
        drawn.set(div, new uPlot(options, table, div));
    }

    function resetZoom(plot) {
        plot.setData(plot.data, true);
    }

    // Left and right move the cursor, plus and minus zoom about it, 0 or Escape shows all.
    function onKey(event) {
        const plot = drawn.get(event.currentTarget);
        if (!plot) return;
        const size = plot.data[0].length, scale = plot.scales.x;
        let index = plot.cursor.idx === null || plot.cursor.idx === undefined ? 0 : plot.cursor.idx;
        if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
            index = Math.min(size - 1, Math.max(0, index + (event.key === 'ArrowLeft' ? -1 : 1)));
            plot.setCursor({ left: plot.valToPos(plot.data[0][index], 'x'), top: 10 });
        } else if (event.key === '+' || event.key === '=' || event.key === '-') {
            const middle = plot.cursor.left >= 0 ? plot.cursor.left / plot.over.clientWidth : 0.5;
            const factor = event.key === '-' ? 2 : 0.5, left = middle * (1 - factor), width = plot.over.clientWidth;
            const ends = [left, left + factor].map((share) => plot.posToVal(share * width, 'x'));
            if (ends.every(Number.isFinite) && ends[1] > ends[0]) plot.setScale('x', { min: ends[0], max: ends[1] });
        } else if (event.key === '0' || event.key === 'Escape') {
            resetZoom(plot);
        } else {
            return;
        }
        if (scale) event.preventDefault();
    }

    const seen = new IntersectionObserver((changes) => {
        for (const change of changes)
            if (change.isIntersecting && !drawn.has(change.target)) draw(change.target);
    }, { rootMargin: '400px' });

    const allPlots = () => [...document.querySelectorAll('.plot')];

    function addFigure(host, title, about, make) {
        const figure = document.createElement('figure'), caption = document.createElement('figcaption');
        const div = document.createElement('div');
        caption.textContent = title;
        div.className = 'plot';
        div.tabIndex = 0;
        div.setAttribute('role', 'img');
        div.setAttribute('aria-label', title + ' of ' + about);
        div.addEventListener('keydown', onKey);
        makers.set(div, make);
        figure.append(caption, div);
        host.append(figure);
        seen.observe(div);
    }

    function addPlots(section) {
        const select = section.querySelector('select'), step = section.dataset.step;
        for (const kind of labPlots.KINDS)
            addFigure(section.querySelector('.plots'), kind.title, step, () => {
                const entries = entriesOf(step, select.value);
                return entries.length ? kind.make(entries) : null;
            });
    }

    function addCurves(section) {
        const step = section.dataset.step;
        const entries = data.runs.flatMap((run) => run.steps.filter((s) => s.name === step).map((s) => ({ run, step: s })));
        for (const found of labData.curves(entries, data.curves))
            addFigure(section.querySelector('.plots'), found.title, step, () => labPlots.curve(found));
    }

    function addSweeps() {
        const host = document.querySelector('#sweeps .plots');
        for (const group of labData.sweeps(data.runs))
            addFigure(host, group.title + ': p50 solid, p99 dashed', group.args, () => labPlots.sweep(group));
        host.parentElement.hidden = host.childElementCount === 0;
    }

    function addControls(section) {
        const names = new Set();
        for (const run of data.runs)
            for (const step of run.steps)
                if (step.name === section.dataset.step)
                    for (const metric of step.metrics) if (metric.hist) names.add(metric.name);
        if (names.size === 0) return false;
        const controls = document.createElement('div');
        controls.className = 'controls';
        const label = document.createElement('label'), select = document.createElement('select');
        label.textContent = 'metric ';
        for (const name of names) select.add(new Option(name, name));
        if (names.has('wake_latency')) select.value = 'wake_latency';
        select.addEventListener('change', () => section.querySelectorAll('.plot').forEach(draw));
        label.append(select);
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = 'show all (0)';
        button.addEventListener('click', () => section.querySelectorAll('.plot').forEach((div) => {
            if (drawn.has(div)) resetZoom(drawn.get(div));
        }));
        controls.append(label, button);
        section.insertBefore(controls, section.querySelector('.plots'));
        return true;
    }

    // So small a factor between the smallest and the largest value does not get all the colours.
    const HEAT_FACTOR_MIN = 4;

    // A heat map is a table: it can be read aloud, copied and printed.
    function addMatrix(host, matrix, heading, corner) {
        if (!matrix) return;
        const values = matrix.rows.flatMap((r) => matrix.columns.map((c) => matrix.at(r, c))).filter((v) => v > 0);
        const low = Math.log(Math.min(...values)), high = Math.max(Math.log(Math.max(...values)), low + Math.log(HEAT_FACTOR_MIN));
        const table = document.createElement('table');
        table.className = 'heat';
        const head = table.createTHead().insertRow();
        const cell = (row, text, header) => {
            const element = document.createElement(header ? 'th' : 'td');
            element.textContent = text;
            row.append(element);
            return element;
        };
        cell(head, corner, true);
        matrix.columns.forEach((column) => cell(head, column, true));
        const body = table.createTBody();
        for (const row of matrix.rows) {
            const line = body.insertRow();
            cell(line, row, true);
            for (const column of matrix.columns) {
                const value = matrix.at(row, column);
                const element = cell(line, value === null ? '' : labData.timeText(value), false);
                const count = matrix.count(row, column);
                if (count > 1) element.title = 'median of ' + count + ' steps';
                if (!(value > 0)) continue;
                const share = (Math.log(value) - low) / (high - low);
                element.style.background = `color-mix(in srgb, #f97316 ${Math.round(10 + 60 * share)}%, transparent)`;
            }
        }
        const title = document.createElement('h3'), wide = document.createElement('div');
        const block = document.createElement('div');
        title.textContent = heading;
        wide.className = 'wide';
        wide.tabIndex = 0;
        wide.append(table);
        block.append(title, wide);
        host.append(block);
    }

    function addPairs(host, run, step) {
        for (const metric of new Set((step.pairs || []).map((p) => p[2])))
            for (const [index, quantile] of [[3, 'p50'], [4, 'p99']])
                addMatrix(host, labData.pairMatrix(step, metric, index), `${run.label}: ${step.name}, ${quantile} of ${metric}`, 'from / to');
    }

    function addMatrices() {
        const host = document.querySelector('#matrices .runs');
        for (const run of data.runs) {
            for (const [row, column] of [['idle', 'by'], ['idle', 'from']])
                for (const quantile of ['p50', 'p99'])
                    addMatrix(host, labData.matrix(run, row, column, quantile), `${run.label}: ${quantile} by ${row} and ${column}`, row + ' / ' + column);
            for (const step of run.steps) addPairs(host, run, step);
        }
        host.parentElement.hidden = host.childElementCount === 0;
    }

    if (typeof uPlot === 'function') {
        for (const section of document.querySelectorAll('section[data-step]')) {
            addCurves(section);
            if (addControls(section)) addPlots(section);
        }
        addSweeps();
        let timer = 0;
        const redraw = () => {
            clearTimeout(timer);
            timer = setTimeout(() => [...drawn.keys()].forEach(draw), 150);
        };
        addEventListener('resize', redraw);
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
        addEventListener('beforeprint', () => allPlots().forEach((div) => drawn.has(div) || draw(div)));
        document.querySelectorAll('.static').forEach((element) => { element.hidden = true; });
    }
    addMatrices();
})();
