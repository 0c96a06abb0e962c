// SPDX-License-Identifier: MIT
// Brings the report to life: makes each plot when it comes into view, lets the keyboard move and zoom,
// redraws for another width or colour scheme, gives heat maps their choice, opens all for the printer.
'use strict';
(() => {
    const data = JSON.parse(document.getElementById('lab-data').textContent);
    const drawn = new Map(); // figure's div -> uPlot
    const makers = new Map(); // figure's div -> function that gives [options, table, caption], a caption, or null for nothing to draw

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

    function draw(div) {
        const old = drawn.get(div);
        if (old) old.destroy();
        const made = makers.get(div)();
        const figure = div.closest('figure');
        const text = figure.querySelector('figcaption');
        figure.hidden = !made;
        div.hidden = typeof made === 'string';
        if (div.hidden) text.textContent = made;
        if (!made || div.hidden) { drawn.delete(div); return; }
        const [options, table, caption] = made;
        const say = (u) => { text.textContent = typeof caption === 'function' ? caption(u) : caption; };
        options.width = Math.max(240, div.clientWidth);
        options.hooks = { ...options.hooks, draw: [...(options.hooks?.draw || []), say] };
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

    function addControls(host, step) {
        const names = new Set();
        for (const { step: { metrics } } of data.runs.flatMap((run) => run.steps.filter((s) => s.name === step).map((s) => ({ step: s }))))
            for (const metric of metrics) if (metric.hist) names.add(metric.name);
        if (names.size === 0) return null;
        const controls = document.createElement('div');
        controls.className = 'controls';
        const label = document.createElement('label'), select = document.createElement('select');
        label.textContent = 'metric ';
        for (const name of names) select.add(new Option(name, name));
        if (names.has('wake_latency')) select.value = 'wake_latency';
        select.addEventListener('change', () => host.querySelectorAll('.plot').forEach(draw));
        label.append(select);
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = 'show all (0)';
        button.addEventListener('click', () => host.querySelectorAll('.plot').forEach((div) => {
            if (drawn.has(div)) resetZoom(drawn.get(div));
        }));
        controls.append(label, button);
        host.before(controls);
        return select;
    }

    // The plots of a step, once its row is open.
    function fill(details) {
        const host = details.querySelector('.plots'), step = host.dataset.step;
        if (host.childElementCount) return;
        const entries = data.runs.flatMap((run) => run.steps.filter((s) => s.name === step).map((s) => ({ run, step: s })));
        for (const found of labData.curves(entries, data.curves))
            addFigure(host, found.title, step, () => labPlots.curve(found));
        const select = addControls(host, step);
        if (!select) return;
        for (const kind of labPlots.KINDS)
            addFigure(host, kind.title, step, () => {
                const known = entriesOf(step, select.value);
                return known.length ? kind.make(known) : null;
            });
    }

    function addSweeps() {
        for (const group of labData.sweeps(data.runs)) {
            const section = document.getElementById('exp-' + group.exp);
            if (section) addFigure(section.querySelector('.sweeps'), group.title, group.args, () => labPlots.sweep(group, data.runs.length > 1));
        }
    }

    // p50 or p99 in the cells and the colours of a heat map.
    function addChoices() {
        for (const figure of document.querySelectorAll('.heatmap')) {
            const buttons = ['p50', 'p99'].map((quantile) => {
                const button = document.createElement('button');
                button.type = 'button';
                button.textContent = quantile;
                button.addEventListener('click', () => choose(quantile));
                return button;
            });
            const choose = (quantile) => {
                figure.dataset.q = quantile;
                buttons.forEach((button) => button.setAttribute('aria-pressed', String(button.textContent === quantile)));
            };
            figure.querySelector('.choice').append(...buttons);
            choose('p50');
        }
    }

    // What is folded is opened for the printer, and folded again.
    function openForPrint() {
        const closed = [...document.querySelectorAll('details:not([open])')].filter((d) => !d.classList.contains('menu'));
        closed.forEach((details) => { details.open = true; });
        if (typeof uPlot === 'function') {
            document.querySelectorAll('details.step').forEach(fill);
            document.querySelectorAll('.plot').forEach((div) => drawn.has(div) || draw(div));
        }
        addEventListener('afterprint', () => closed.forEach((details) => { details.open = false; }), { once: true });
    }

    document.documentElement.classList.add('scripts');
    if (typeof uPlot === 'function') {
        for (const details of document.querySelectorAll('details.step'))
            details.addEventListener('toggle', () => details.open && fill(details));
        addSweeps();
        let timer = 0;
        const redraw = () => {
            clearTimeout(timer);
            timer = setTimeout(() => [...drawn.keys()].forEach((div) => div.clientWidth && draw(div)), 150);
        };
        addEventListener('resize', redraw);
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
        document.querySelectorAll('.static').forEach((element) => { element.hidden = true; });
    }
    addEventListener('beforeprint', openForPrint);
    addChoices();
    labFilter.start();
})();
