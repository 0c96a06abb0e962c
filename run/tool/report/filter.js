// SPDX-License-Identifier: MIT
// Which steps are shown: by experiment, method, source, interval, verdict. A step that a link leads to is opened.
'use strict';
const labFilter = (() => {
    const KEYS = ['experiment', 'method', 'source', 'interval', 'verdict'];
    const steps = [...document.querySelectorAll('details.step')];
    const chosen = new Map();

    const lengthOf = (text) => {
        const found = /^(\d+(?:\.\d+)?)(ns|us|ms|s)$/.exec(text);
        return found ? Number(found[1]) * { ns: 1, us: 1e3, ms: 1e6, s: 1e9 }[found[2]] : Infinity;
    };

    function apply() {
        let shown = 0;
        for (const step of steps) {
            step.hidden = [...chosen].some(([key, value]) => value && (step.dataset[key] || '') !== value);
            shown += !step.hidden;
        }
        for (const section of document.querySelectorAll('section.experiment'))
            section.hidden = !section.querySelector('details.step:not([hidden])');
        document.getElementById('shown').textContent = shown === steps.length ? shown : `${shown} of ${steps.length}`;
    }

    function addFilters() {
        const host = document.getElementById('filters');
        for (const key of KEYS) {
            const values = [...new Set(steps.map((step) => step.dataset[key]).filter(Boolean))];
            if (values.length < 2) continue;
            if (key === 'interval') values.sort((a, b) => lengthOf(a) - lengthOf(b));
            const label = document.createElement('label'), select = document.createElement('select');
            label.textContent = key;
            select.name = key;
            select.add(new Option('all', ''));
            for (const value of values) select.add(new Option(value, value));
            select.addEventListener('change', () => { chosen.set(key, select.value); apply(); });
            label.append(select);
            host.append(label);
        }
    }

    // A link to a step opens it, whatever is filtered away.
    function follow() {
        const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
        if (!target) return;
        if (target.tagName === 'DETAILS') target.open = true;
        if (target.hidden || target.closest('section[hidden]')) {
            document.querySelectorAll('#filters select').forEach((select) => { select.value = ''; });
            chosen.clear();
            apply();
        }
        target.scrollIntoView();
    }

    function start() {
        addFilters();
        if (matchMedia('(max-width: 60rem)').matches) document.querySelector('.menu').open = false;
        addEventListener('hashchange', follow);
        // A second click on the same link does not change the hash.
        document.addEventListener('click', (event) => {
            const link = event.target.closest('a[href^="#"]');
            if (link && link.hash === location.hash) follow();
        });
        follow();
    }

    return { start };
})();
