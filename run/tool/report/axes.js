// SPDX-License-Identifier: MIT
// The axes of a report's plots: marks that never overlap, texts that differ, ranges that cannot leave what they show.
'use strict';
const labAxes = (() => {
    const HEIGHT = 240, X_SPACE = 74, Y_SPACE = 22;
    const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

    // The texts of an axis's marks, with as many digits as they need to differ.
    function distinct(marks, text) {
        for (let digits = 3; digits < 9; digits++) {
            const texts = marks.map((v) => (v === null ? '' : text(v, digits)));
            if (new Set(texts).size === texts.length) return texts;
        }
        return marks.map((v) => (v === null ? '' : text(v, 9)));
    }

    function axis(label, text) {
        const ink = style('--ink'), line = style('--line');
        return {
            label, stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, labelSize: 18, space: X_SPACE,
            values: text && ((u, marks) => distinct(marks, text)),
        };
    }

    const percentText = (v, digits = 3) => (v === null ? '' : Number(v.toPrecision(digits)) + ' %');
    // 1/(1-p) as p; the axis begins at 1, which is p0.
    const level = (v) => (v === null ? '' : 'p' + Number((100 * (1 - 1 / Math.max(1, v))).toFixed(5)));

    // uPlot would widen a logarithmic axis to whole decades. A constant stands in the middle.
    const closely = (u, low, high) => (high > low ? [low, high] : [low * 0.7, low * 1.4]);
    const closelyPadded = (u, low, high) => (high > low ? [low / 1.1, high * 1.1] : [low * 0.7, low * 1.4]);
    const levels = (u, low, high) => [Math.max(1, low), Math.max(2, high)];
    const shares = (u, low, high) => [0, 100];
    const logShares = (u, low, high) => [low * 0.6, Math.min(100, Math.max(high * 1.6, low * 2))];

    // Marks of a logarithmic axis: as few of each decade as make at least three, or evenly spaced ones; then those
    // that the axis has no room for go.
    const DECADE_STEPS = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]], MARKS_MIN = 3;
    function marksOf(low, high) {
        for (const steps of high / low > 1e3 ? DECADE_STEPS : DECADE_STEPS.slice(1)) {
            const marks = [];
            for (let decade = Math.floor(Math.log10(low)); 10 ** decade <= high; decade++)
                for (const step of steps) {
                    const mark = Number((step * 10 ** decade).toPrecision(3));
                    if (mark >= low && mark <= high) marks.push(mark);
                }
            if (marks.length >= MARKS_MIN) return marks;
        }
        return [0, 1, 2, 3].map((i) => low * (high / low) ** (i / 3));
    }

    function logMarks(u, index, low, high) {
        const size = index === 0 ? u.width - 110 : HEIGHT - 80, space = index === 0 ? X_SPACE : Y_SPACE;
        const place = (mark) => (high > low ? Math.log(mark / low) / Math.log(high / low) * size : 0);
        const kept = [];
        for (const mark of marksOf(low, high))
            if (!kept.length || place(mark) - place(kept[kept.length - 1]) >= space) kept.push(mark);
        return kept;
    }

    const logAxis = { splits: logMarks, filter: (u, marks) => marks };

    return { HEIGHT, Y_SPACE, axis, percentText, level, closely, closelyPadded, levels, shares, logShares, logAxis, style };
})();
